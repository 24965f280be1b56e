import { execFileSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { renderPage } from "../../src/http/reply.ts";
import { gallery } from "./gallery.tsx";

const compiler = "node_modules/@tailwindcss/cli/dist/index.mjs";

/** The classes in selectors, without escapes: `.sm\:w-84` is `sm:w-84`. */
function readClasses(css: string): Set<string> {
  const escaped = [...css.matchAll(/\.((?:[\w-]|\\.)+)/g)];
  return new Set(escaped.map(([, name = ""]) => name.replaceAll("\\", "")));
}

describe("src/views/app.css, compiled", () => {
  let css = "";
  beforeAll(() => {
    css = execFileSync(process.execPath, [compiler, "--input", "src/views/app.css"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  });

  it("loads no pictures, fonts or further sheets, which the CSP would refuse", () => {
    expect(css).not.toMatch(/url\(|@import|@font-face/);
  });

  it("has a rule for every class the pages use", () => {
    const html = Object.values(gallery).map(renderPage).join("");
    const used = new Set(
      [...html.matchAll(/\sclass="([^"]+)"/g)].flatMap(([, value = ""]) =>
        value.replaceAll("&amp;", "&").replaceAll("&lt;", "<").split(" ").filter(Boolean),
      ),
    );
    expect(used.size).toBeGreaterThan(100);
    const defined = readClasses(css);
    const missing = [...used].filter((name) => !defined.has(name));
    expect(missing).toEqual([]);
  });

  it("AP04 isolates a name that runs from right to left from the words around it", () => {
    expect(css).toMatch(/\.break-name \{[^}]*unicode-bidi: isolate/);
  });

  it("follows the reader's choice of light or dark", () => {
    expect(css).toMatch(/@media \(prefers-color-scheme: dark\)/);
    expect(css).toMatch(/color-scheme: dark/);
  });
});
