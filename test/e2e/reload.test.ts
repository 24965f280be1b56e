import { utimes } from "node:fs/promises";
import { resolve } from "node:path";

import { expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { useVisitors } from "./support/visitor.ts";

const application = useApplication({ environment: { NODE_ENV: "development" } });
const openVisitor = useVisitors(() => application.baseUrl);

it("in development, a page reloads after the style sheet was built", async () => {
  const { openTab } = await openVisitor();
  const version = (path: string) => path.endsWith("/development/version");
  const page = await openTab("/");
  await page.waitForResponse((response) => version(response.url()));
  await page.evaluate("window.isOld = true");
  await utimes(resolve(import.meta.dirname, "../../public/app.css"), new Date(), new Date());
  await expect.poll(() => page.evaluate("window.isOld === undefined")).toBe(true);
});
