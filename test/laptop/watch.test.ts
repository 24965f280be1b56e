import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FolderWatch } from "../../dev/run/watch.ts";

let root: string;
let watch: FolderWatch;
let seen: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "watch-"));
  await mkdir(join(root, "src", "database"), { recursive: true });
  await writeFile(join(root, "src", "a.ts"), "1");
  seen = [];
  watch = new FolderWatch(
    root,
    (paths) => seen.push(...paths),
    (sentence) => seen.push(sentence),
  );
  await watch.add("src");
});
afterEach(async () => {
  await watch.stop();
  await rm(root, { recursive: true });
});

/** Waits for a report that has `path`. @returns all that was reported since the last call */
async function awaitReport(path: string): Promise<string[]> {
  const reported = () => seen.some((each) => each === path);
  await vi.waitUntil(reported, { interval: 10, timeout: 20_000 });
  return seen.splice(0);
}

describe("FolderWatch", () => {
  it("notices a file that is written, replaced as editors do, and written again", async () => {
    const file = join(root, "src", "a.ts");
    await appendFile(file, "2");
    expect(await awaitReport("src/a.ts")).toContain("src/a.ts");
    await writeFile(join(root, "b"), "3");
    await rename(join(root, "b"), file);
    expect(await awaitReport("src/a.ts")).toContain("src/a.ts");
    await appendFile(file, "4");
    expect(await awaitReport("src/a.ts")).toContain("src/a.ts");
  });

  it("notices what happens in a folder that was not there at first, also when it is made again", async () => {
    for (let round = 0; round < 2; round += 1) {
      await mkdir(join(root, "src", "new", "deep"), { recursive: true });
      expect(await awaitReport("src/new")).toContain("src/new");
      await writeFile(join(root, "src", "new", "deep", "c.ts"), "1");
      expect(await awaitReport("src/new/deep/c.ts")).toContain("src/new/deep/c.ts");
      await rm(join(root, "src", "new"), { recursive: true });
      expect(await awaitReport("src/new")).toContain("src/new");
    }
  });

  it("takes no notice of what editors and generators leave", async () => {
    await mkdir(join(root, "src", "database", "generated"));
    const unnoticed = ["4913", ".a.ts.swp", "a.ts~", "database/generated/client.ts"];
    for (const name of unnoticed) await writeFile(join(root, "src", name), "");
    await writeFile(join(root, "src", "last.ts"), "");
    await expect.poll(() => seen).toContain("src/last.ts");
    expect(seen.filter((path) => path !== "src/last.ts")).toEqual([]);
  });

  it("says so when there is nothing to watch", async () => {
    await watch.add("missing");
    expect(seen).toEqual([expect.stringMatching(/^Changes in missing\/ are not noticed: ENOENT/)]);
  });
});
