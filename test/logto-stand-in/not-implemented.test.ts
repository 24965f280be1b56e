import { readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import { findNotImplemented, notImplemented, readRecordings } from "./recordings.ts";

it.each(notImplemented)("%s was recorded", async (route) => {
  const files = await readdir(new URL("../fixtures/logto", import.meta.url));
  const areas = files
    .map((file) => file.replace(/\.json$/, ""))
    .filter((area) => area !== "webhook-bodies");
  const requests = areas.flatMap((area) =>
    readRecordings(area).flatMap(({ request }) => (request ? [request] : [])),
  );
  expect(requests.map(findNotImplemented)).toContain(route);
});
