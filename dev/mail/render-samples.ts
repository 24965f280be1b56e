import { readdir } from "node:fs/promises";
import { renderMail } from "../../src/mail/mail-content.tsx";
import type { RenderedSample } from "./rendered-samples.ts";
import type { Sample } from "./sample.ts";

// The process of renderSamples(). A feature has its samples in a file of its own, which goes with it.
const folder = new URL("./samples/", import.meta.url);
const rendered: RenderedSample[] = [];
for (const file of (await readdir(folder)).toSorted()) {
  const { samples }: { samples: Sample[] } = await import(new URL(file, folder).href);
  for (const { content, ...sample } of samples)
    rendered.push({ ...sample, ...renderMail(content) });
}
process.stdout.write(JSON.stringify(rendered));
