import { join, resolve } from "node:path";

import { describe, expect, it } from "vitest";

import { planResource } from "../../dev/new-resource/plan.ts";
import { readWords } from "../../dev/new-resource/words.ts";
import { read } from "../support/documents.ts";

const root = resolve(import.meta.dirname, "../..");

/** The steps of the guide: the file that each is about, and what is quoted of it. */
async function readSteps() {
  const [, byHand = ""] = (await read("docs/adding-a-resource.md")).split("## By hand");
  return byHand
    .split(/^### \d+\. /m)
    .slice(1)
    .map((step) => ({
      path: join("docs", /\]\(([^)]+)\)/.exec(step)?.[1] ?? ""),
      quoted: /```\w+\n([\s\S]*?)```/.exec(step)?.[1] ?? "",
    }));
}

const trimLines = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim().replaceAll(/ +/g, " "))
    .filter((line) => line !== "");

describe("docs/adding-a-resource.md", () => {
  it("takes fifteen files at most, and those that the generator makes", async () => {
    const paths = (await readSteps()).map(({ path }) => path);
    expect(paths.length).toBeLessThanOrEqual(15);
    const planned = await planResource(root, readWords("walruses"), new Date());
    const asSample = (path: string) =>
      path
        .replaceAll("walruses", "projects")
        .replaceAll("walrus", "project")
        .replace(/\d{14}/, "");
    expect(new Set(planned.map(({ path }) => asSample(path)))).toEqual(
      new Set(paths.map((path) => path.replace(/\d{14}/, ""))),
    );
  });

  it("quotes the sample as it is, one line after the other", async () => {
    const quoting = (await readSteps()).filter(({ quoted }) => quoted !== "");
    expect(quoting.length).toBeGreaterThan(7);
    for (const { path, quoted } of quoting) {
      const source = trimLines(await read(path)).join("\n");
      for (const part of quoted.split("…")) {
        expect(source, path).toContain(trimLines(part).join("\n"));
      }
    }
  });
});
