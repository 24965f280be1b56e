import { glob } from "node:fs/promises";

import { expect, it } from "vitest";

import { renderSamples } from "../../dev/mail/rendered-samples.ts";
import { read, root } from "../support/documents.ts";

it("each mail that the product sends has a sample in the mail catcher", async () => {
  const templates: string[] = [];
  for await (const path of glob("src/**/*.{ts,tsx}", { cwd: root })) {
    const text = await read(path);
    if (!/\bfootnote: *[`"]/.test(text.replaceAll(/\s+/g, " "))) continue;
    const names = [...text.matchAll(/^export function (write\w+)\(/gm)].map(
      ([, name = ""]) => name,
    );
    // No mail is written anywhere else.
    expect(text.match(/\bfootnote:/g), path).toHaveLength(names.length);
    templates.push(...names);
  }
  const samples = await renderSamples();
  const sampled = new Set(samples.map(({ template }) => template));
  expect([...sampled].toSorted()).toEqual(templates.toSorted());
});
