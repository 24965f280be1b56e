import { z } from "zod";

import { defineJob, type Lane } from "../../src/jobs/job.ts";

/** A kind of job that notes what it was called with. */
export function defineNote(
  work: (text: string) => Promise<void> | void = () => undefined,
  {
    name = "test.note",
    lane = "urgent",
    rank = 0,
  }: { name?: string; lane?: Lane; rank?: number } = {},
) {
  const runs: { text: string; id: string }[] = [];
  const job = defineJob({
    name,
    lane,
    rank,
    payload: z.strictObject({ text: z.string() }),
    async run({ text }, _context, { id }) {
      runs.push({ text, id });
      await work(text);
    },
  });
  return Object.assign(job, { runs, texts: () => runs.map(({ text }) => text) });
}
