import { watch, type FSWatcher } from "node:fs";
import { join } from "node:path";
import { describeFault } from "./faults.ts";

/** What editors leave beside a file while they save it, and what we write ourselves. */
const ignored = /(^|\/)(\.|4913$)|~$|\.(swp|swx|tmp)$|^src\/database\/generated(\/|$)/;

/**
 * Calls back once for a burst of changes, with the paths (relative to `root`, with slashes) that changed.
 *
 * @param fail receives a sentence when the system does not let us watch
 */
export function watchFolders(
  root: string,
  folders: readonly string[],
  changed: (paths: string[]) => void,
  fail: (sentence: string) => void,
): { stop(): Promise<void> } {
  const paths = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const watchers: FSWatcher[] = [];
  for (const folder of folders) {
    try {
      const watcher = watch(join(root, folder), { recursive: true }, (_event, name) => {
        const path = `${folder}/${name?.replaceAll("\\", "/") ?? ""}`;
        if (ignored.test(path)) return;
        paths.add(path);
        clearTimeout(timer);
        timer = setTimeout(() => {
          changed([...paths]);
          paths.clear();
        }, 60);
      });
      watcher.on("error", (fault) => fail(`${folder}/ is not watched: ${describeFault(fault)}`));
      watchers.push(watcher);
    } catch (fault) {
      fail(`${folder}/ is not watched: ${describeFault(fault)}`);
    }
  }
  return {
    async stop() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
