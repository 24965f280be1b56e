import { describe, expect, it } from "vitest";
import { withoutOwnScripts } from "../support/own-scripts.ts";
import { renderPage } from "../../src/http/reply.ts";
import { gallery } from "./gallery.tsx";

/** All values of one attribute of a page. */
function readAttribute(html: string, name: string): string[] {
  return [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, "g"))].map(([, value = ""]) => value);
}

function readTags(html: string, name: string): string[] {
  return [...html.matchAll(new RegExp(`<${name}(?=[\\s>])[^>]*>`, "g"))].map(([tag]) => tag);
}

const pages = Object.entries(gallery).map(([name, page]) => ({ name, html: renderPage(page) }));

describe.each(pages)("page $name", ({ html }) => {
  it("is one HTML document in English", () => {
    expect(html).toMatch(/^<!doctype html><html lang="en"><head><meta charset="utf-8"/);
    expect(html.endsWith("</body></html>")).toBe(true);
  });

  it("has no inline script, style or event handler, which the CSP would refuse", () => {
    expect(withoutOwnScripts(html)).not.toMatch(
      /<script|<style|\sstyle=|\son[a-z]+=|="(?:javascript|data):/i,
    );
  });

  it("loads only avatars from other origins, over https", () => {
    const sources = readAttribute(withoutOwnScripts(html), "src");
    expect(sources.every((url) => url.startsWith("https://"))).toBe(true);
    const links = readTags(html, "link").flatMap((tag) => readAttribute(tag, "href"));
    // The style sheet has no hash where it was not compiled.
    const files = links.map((link) => link.replace(/\.[0-9a-f]{16}\./, "."));
    expect(files).toEqual(["/favicon.svg", "/app.css"]);
    for (const picture of readTags(html, "img")) {
      expect(picture).toContain('referrerpolicy="no-referrer"');
    }
  });

  it("has one title, one h1, and one each of the landmarks; the skip link leads to main", () => {
    const counts = ["title", "h1", "header", "main", "footer"].map((name) => [
      name,
      readTags(html, name).length,
    ]);
    expect(counts.filter(([, count]) => count !== 1)).toEqual([]);
    expect(readTags(html, "main")[0]).toContain('id="main"');
    expect(html.match(/<body[^>]*><a [^>]*href="#main"/)).not.toBeNull();
  });

  it("has unique ids, and every reference to an id finds it", () => {
    const ids = readAttribute(html, "id");
    expect(new Set(ids).size).toBe(ids.length);
    const references = ["for", "aria-describedby", "aria-labelledby"].flatMap((attribute) =>
      readAttribute(html, attribute).flatMap((value) => value.split(" ")),
    );
    expect(references.filter((reference) => !ids.includes(reference))).toEqual([]);
  });

  it("changes state only by plain POST forms to this origin, each field with a label", () => {
    for (const form of readTags(html, "form")) {
      // A search changes nothing.
      expect(form).toMatch(/ method="post"| method="get" [^>]*role="search"/);
      expect(readAttribute(form, "action")[0]).toMatch(/^\/[a-z]/);
    }
    const labelled = readAttribute(html, "for");
    for (const input of [...readTags(html, "input"), ...readTags(html, "select")]) {
      if (/type="hidden"| aria-label="[^"]/.test(input)) continue;
      expect(labelled).toContain(readAttribute(input, "id")[0]);
    }
  });
});

describe("the words of a page", () => {
  it("never says log in, log out or login", () => {
    const said = pages.filter(({ html }) => /\blog[- ]?(?:in|out)\b/i.test(html));
    expect(said.map(({ name }) => name)).toEqual([]);
  });
});
