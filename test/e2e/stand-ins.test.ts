import { glob } from "node:fs/promises";
import { expect, it } from "vitest";

import { read, root } from "../support/documents.ts";
import { scrutinize } from "./support/scrutiny.ts";
import { standInPages } from "./support/stand-in-pages.ts";
import { useVisitors } from "./support/visitor.ts";

const origin = "http://stand-in.test";
const picture = '<svg xmlns="http://www.w3.org/2000/svg"/>';
const openVisitor = useVisitors(() => origin);

it("knows every page of the stand-ins", async () => {
  const pages: Record<string, string[]> = {};
  for await (const path of glob("dev/**/*{page,pages}.tsx", { cwd: root })) {
    const found = (await read(path)).matchAll(/export (?:const|function) (render\w+Page)\b/g);
    pages[path] = [...found].map(([, name = ""]) => name).toSorted();
  }
  const known = Object.entries(standInPages).map(([path, functions]) => [
    path,
    Object.keys(functions).toSorted(),
  ]);
  expect(pages).toEqual(Object.fromEntries(known));
});

const pages = Object.entries(standInPages).flatMap(([path, functions]) =>
  Object.entries(functions).map(([name, render]) => ({ name: `${path} ${name}`, render })),
);

it.each(pages)(
  "is accessible and fits a phone, in light and dark: $name",
  async ({ name, render }) => {
    const { context, openTab } = await openVisitor();
    const body = await render();
    await context.route(`${origin}/**`, (route) =>
      route.fulfill(
        route.request().resourceType() === "image"
          ? { contentType: "image/svg+xml", body: picture }
          : { contentType: "text/html", body },
      ),
    );
    expect(await scrutinize(await openTab("/"), name)).toEqual([]);
  },
);
