import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  rmdir,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { read, root } from "./documents.ts";

/** Minutes, for a machine of two cores. */
export const timeoutMs = 20 * 60_000;

/** As from a terminal: nothing of the test run that we are in, whose BASE_URL is Vite's. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV$|TEST$|DEV$|PROD$|MODE$|SSR$|BASE_URL$)/.test(name),
  ),
);

/** A copy of the repository to change: what git knows or would add, and this installation. */
export class Copy {
  readonly folder: string;
  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Copy> {
    const copy = new Copy(await mkdtemp(join(tmpdir(), "copy-")));
    // PostgreSQL runs as another account where we are root.
    await chmod(copy.folder, 0o755);
    for (const path of await listFiles()) {
      await cp(join(root, path), copy.at(path), { recursive: true });
    }
    await symlink(join(root, "node_modules"), copy.at("node_modules"));
    // Tests there ask git which files are ours.
    await copy.run("git", "init", "--quiet");
    return copy;
  }

  at = (path: string) => join(this.folder, path);
  read = (path: string) => readFile(this.at(path), "utf8");
  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(this.at(path)), { recursive: true });
    await writeFile(this.at(path), text);
  }
  /** Leaves of the files only these, and with these texts. */
  async replace(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
    for (const [path, text] of after) if (text !== before.get(path)) await this.write(path, text);
    for (const path of before.keys()) if (!after.has(path)) await this.#remove(path);
  }

  /** With the folders that are empty then, as git and `rm -r` have it. */
  async #remove(path: string): Promise<void> {
    await rm(this.at(path));
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
      if ((await readdir(this.at(folder))).length > 0) return;
      await rmdir(this.at(folder));
    }
  }

  dispose = () => rm(this.folder, { recursive: true, force: true });

  /** Runs a command in it. */
  run(command: string, ...parameters: string[]): Promise<{ code: number; said: string }> {
    const options = {
      cwd: this.folder,
      env: environment,
      maxBuffer: 2 ** 26,
      timeout: timeoutMs,
    };
    return new Promise((done) => {
      execFile(command, parameters, options, (error, stdout, stderr) => {
        done({ code: error ? 1 : 0, said: `${stdout}\n${stderr}` });
      });
    });
  }

  /** Starts `npm run dev`, and stops it when the visit is over. */
  async develop<T>(visit: (baseUrl: string) => Promise<T>): Promise<T> {
    const child = spawn("npm", ["run", "dev"], {
      cwd: this.folder,
      env: environment,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    const ended = new Promise<void>((done) => child.on("close", () => done()));
    const ready = new Promise<string>((done, fail) => {
      const listen = (chunk: Buffer) => {
        said += chunk.toString();
        const [, baseUrl] = / is ready:\S* \S*?(http:\/\/localhost:\d+)/.exec(said) ?? [];
        if (baseUrl !== undefined) done(baseUrl);
      };
      child.stdout.on("data", listen);
      child.stderr.on("data", listen);
      child.on("close", () => fail(new Error(`npm run dev ended:\n${said}`)));
    });
    try {
      return await visit(await ready);
    } finally {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGINT");
      await ended;
    }
  }
}

/** The text of each file that git knows or would add, by its path from the root; pictures aside. */
export async function readRepository(): Promise<ReadonlyMap<string, string>> {
  const paths = (await listFiles()).filter((path) => !path.endsWith(".png"));
  return new Map(await Promise.all(paths.map(async (path) => [path, await read(path)] as const)));
}

async function listFiles(): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: root, maxBuffer: 2 ** 26 },
  );
  // A link to the installation is not ignored as the folder is.
  const isOurs = (path: string) => path !== "" && path !== "node_modules";
  return stdout.split("\0").filter((path) => isOurs(path) && existsSync(join(root, path)));
}
