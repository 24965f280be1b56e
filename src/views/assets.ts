import { fileURLToPath } from "node:url";

import { readAssets } from "../http/assets.ts";

/** The files of public/, which every page refers to. */
export const assets = readAssets(fileURLToPath(new URL("../../public", import.meta.url)));
