import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { renderMail } from "../../src/mail/mail-content.tsx";
import { anyText } from "../support/any-text.ts";

const evil = `"><script>alert('x')</script><img src=x onerror=alert(1)>&amp;`;

const render = (text: string) =>
  renderMail({
    subject: text,
    organization: text,
    paragraphs: [text, `${text} joined.`],
    action: { label: text, href: "http://localhost:3000/o/acme?a=1&b=2" },
    footnote: text,
  });

describe("renderMail()", () => {
  it("CS13 escapes names in HTML, and keeps them in plain text and the subject", () => {
    const { html, text, subject } = render(evil);
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain("&lt;script>alert('x')&lt;/script>");
    expect(text).toContain(evil);
    expect(subject).toBe(evil);
  });

  it("loads nothing, runs nothing, and links only to its action", () => {
    const { html, text } = render("Ada");
    expect(html).not.toMatch(/<(script|img|link|style|iframe|form)\b|\son\w+=|url\(/i);
    const links = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, href]) => href);
    expect(links).toEqual(["http://localhost:3000/o/acme?a=1&amp;b=2"]);
    expect(text).toContain("\nhttp://localhost:3000/o/acme?a=1&b=2\n");
  });

  it("has the same paragraphs in both forms", () => {
    const { html, text } = renderMail({
      subject: "S",
      paragraphs: ["One.", "Two."],
      footnote: "Small print.",
    });
    expect(text).toBe("One.\n\nTwo.\n\n--\nSmall print.\n");
    for (const words of ["One.", "Two.", "Small print."]) expect(html).toContain(`>${words}</p>`);
    expect(html).not.toContain("<a ");
  });

  it("has the initial and the name of the organization above the text, and no picture", () => {
    const mail = { subject: "S", paragraphs: ["One."], footnote: "F." };
    const { html } = renderMail({ ...mail, organization: "Åcme Robotics" });
    expect(html).toMatch(/<span aria-hidden="true"[^>]*>Å<\/span>Åcme Robotics<\/p>/);
    expect(renderMail(mail).html).not.toContain("aria-hidden");
  });

  it("shortens a long subject between two characters", () => {
    const { subject, text } = render("🤖".repeat(5_000));
    expect(subject).toBe(`${"🤖".repeat(149)}…`);
    expect(text).toContain("🤖".repeat(5_000));
  });

  it.each([
    ["line breaks", "a\r\n\r\n--\nb", "a -- b"],
    ["separators", "a\u2028b\u2029c\u0085d", "a b c d"],
    ["what turns the reading direction", "a\u202egpj.exe", "a gpj.exe"],
    ["what cannot be seen", "a\u200bb\u0000c\ufeffd", "a b c d"],
  ])("takes %s out of a name: it stays one line of one direction", (_what, name, expected) => {
    const { subject, text } = render(name);
    expect(subject).toBe(expected);
    expect(text.split("\n\n")[0]).toBe(expected);
  });

  it("keeps joiners in scripts that need them", () => {
    for (const name of ["👩‍💻 Ada", "می‌خواهم", "Zoë Müller", "木村"]) {
      expect(render(name).subject).toBe(name);
    }
  });

  it("IN10 makes no line and no element of any name", () => {
    const texts = fc.oneof(anyText(300), fc.constantFrom(evil));
    fc.assert(
      fc.property(texts, (name) => {
        const { subject, html } = render(name);
        expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(Array.from(new Intl.Segmenter().segment(subject)).length).toBeLessThanOrEqual(150);
        const tags = new Set(html.match(/<\/?[a-z!]+/gi));
        expect([...tags].every((tag) => known.has(tag.toLowerCase().replace("/", "")))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

const known = new Set(
  ["!doctype", "html", "head", "meta", "title", "body", "div", "p", "a", "span"].map(
    (name) => `<${name}`,
  ),
);
