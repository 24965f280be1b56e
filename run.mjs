// Runs a command of src/: `node run.mjs src/database/migrate-command.ts`. In development that is the source, by tsx;
// in production, where tsx is not installed, its build in dist/.
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [source] = process.argv.splice(2, 1);
const isDevelopment = existsSync("node_modules/tsx") && existsSync(source);
if (isDevelopment) await import("tsx");
const path = isDevelopment ? source : source.replace(/^src(.*)\.ts$/, "dist$1.js");
await import(pathToFileURL(path).href);
