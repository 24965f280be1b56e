import { writeFile } from "node:fs/promises";

import { describeLimits } from "./documents/limits.ts";
import { describeRoles } from "./documents/roles.ts";

// Writes the documents that are made of the sources: `npm run docs`.
await writeFile(new URL("../docs/roles.md", import.meta.url), describeRoles());
await writeFile(new URL("../docs/limits.md", import.meta.url), await describeLimits());
