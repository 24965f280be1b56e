import { writeFile } from "node:fs/promises";

import { describeRoles } from "./roles-document.ts";

// Writes the documents that are made of the sources: `npm run docs`.
await writeFile(new URL("../docs/roles.md", import.meta.url), describeRoles());
