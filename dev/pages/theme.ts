import { readFileSync } from "node:fs";

const stylesheet = readFileSync(new URL("../../src/views/app.css", import.meta.url), "utf8");

/** The product's colours and typefaces, as custom properties: a stand-in looks like the product, also after a change of either. */
export const theme = `
:root { ${readVariables("@theme {")} ${readVariables('name: "doorway";')} }
@media (prefers-color-scheme: dark) { :root { ${readVariables('name: "doorway-night";')} } }
`;

/** The custom properties from an opening to the bracket that closes it. */
function readVariables(opening: string): string {
  const start = stylesheet.indexOf(opening);
  const block = stylesheet.slice(start, stylesheet.indexOf("\n}", start));
  const variables = block.match(/--[a-z0-9-]+:[^;]+;/g);
  if (start === -1 || !variables) throw new Error(`src/views/app.css has no block with ${opening}`);
  return variables.join(" ");
}
