import { watch, type FSWatcher } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { describeFault } from "../system/faults.ts";

/** Files that editors leave beside the one they save, and files that are generated. */
const ignored = /(^|\/)(\.|4913$)|~$|\.(swp|swx|tmp)$|^src\/database\/generated(\/|$)/;

/** Watches folders and all that is in them, also files and folders that are made later. */
export class FolderWatch {
  readonly #root: string;
  readonly #changed: (paths: string[]) => void;
  readonly #fail: (sentence: string) => void;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #paths = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #hasStopped = false;

  /**
   * @param changed called once for a burst of changes, with the paths (relative to `root`, with slashes) that changed
   * @param fail receives a sentence when the system does not let us watch
   */
  constructor(root: string, changed: (paths: string[]) => void, fail: (sentence: string) => void) {
    this.#root = root;
    this.#changed = changed;
    this.#fail = fail;
  }

  /**
   * One watcher a folder: Node's own recursive watching loses a file on Linux when an editor saves it by renaming
   * another one over it.
   *
   * @param isNew whether the folder was made while we watched: its files were written before we could see it
   */
  async add(path: string, isNew = false): Promise<void> {
    if (ignored.test(path) || this.#watchers.has(path)) return;
    const folder = join(this.#root, path);
    try {
      const watcher = watch(folder, (event, name) => {
        if (name !== null) void this.#notice(`${path}/${name}`, event);
      });
      watcher.on("error", () => this.#remove(path));
      this.#watchers.set(path, watcher);
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        if (entry.isDirectory()) await this.add(`${path}/${entry.name}`, isNew);
        else if (isNew) this.#report(`${path}/${entry.name}`);
      }
    } catch (fault) {
      this.#remove(path);
      this.#fail(`Changes in ${path}/ are not noticed: ${describeFault(fault)}`);
    }
  }

  #report(path: string): void {
    if (ignored.test(path)) return;
    this.#paths.add(path);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#changed([...this.#paths]);
      this.#paths.clear();
    }, 60);
  }

  async #notice(path: string, event: string): Promise<void> {
    this.#report(path);
    if (event !== "rename") return;
    // A folder was made, deleted, or replaced by another of the same name, which the old watcher does not see.
    this.#remove(path);
    const found = await stat(join(this.#root, path)).catch(() => undefined);
    if (found?.isDirectory() && !this.#hasStopped) await this.add(path, true);
  }

  #remove(path: string): void {
    for (const [watched, watcher] of this.#watchers) {
      if (watched !== path && !watched.startsWith(`${path}/`)) continue;
      watcher.close();
      this.#watchers.delete(watched);
    }
  }

  async stop(): Promise<void> {
    this.#hasStopped = true;
    clearTimeout(this.#timer);
    for (const path of this.#watchers.keys()) this.#remove(path);
  }
}
