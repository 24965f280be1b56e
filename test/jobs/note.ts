import { z } from "zod";

import { defineJob } from "../../src/jobs/job.ts";

/** A kind of job that notes what it was called with. */
export function defineNote(work: (text: string) => Promise<void> | void = () => undefined) {
  const runs: { text: string; id: string }[] = [];
  const job = defineJob({
    name: "test.note",
    payload: z.strictObject({ text: z.string() }),
    async run({ text }, _context, { id }) {
      runs.push({ text, id });
      await work(text);
    },
  });
  return Object.assign(job, { runs, texts: () => runs.map(({ text }) => text) });
}
