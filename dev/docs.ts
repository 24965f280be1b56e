import { writeFile } from "node:fs/promises";

import { describeLimits } from "./limits-document.ts";
import { describeRoles } from "./roles-document.ts";

// Writes the documents that are made of the sources: `npm run docs`.
await writeFile(new URL("../docs/roles.md", import.meta.url), describeRoles());
await writeFile(new URL("../docs/limits.md", import.meta.url), await describeLimits());
