import { writeFile } from "node:fs/promises";

import { describeLimits } from "./documents/limits.ts";
import { describeRoles } from "./documents/roles.ts";

// `npm run docs` writes the documents that are generated from the sources.
await writeFile(new URL("../docs/roles.md", import.meta.url), describeRoles());
await writeFile(new URL("../docs/limits.md", import.meta.url), await describeLimits());
