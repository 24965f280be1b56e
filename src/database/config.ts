import { z } from "zod";

import { required, wholeNumber } from "../runtime/settings.ts";
import { findAddressFault } from "./address.ts";

const postgresAddress = required.superRefine((value, context) => {
  const message = findAddressFault(value);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

export const databaseSettings = z.object({
  DATABASE_URL: postgresAddress,
  DATABASE_POOL_SIZE: wholeNumber(1, 200).default(10),
  JOBS_DATABASE_URL: postgresAddress.optional(),
});

export const arrangeDatabase = (values: z.output<typeof databaseSettings>) => ({
  database: { url: values.DATABASE_URL, poolSize: values.DATABASE_POOL_SIZE },
  /** Leads straight to PostgreSQL: past a pool in transaction mode. */
  jobs: { databaseUrl: values.JOBS_DATABASE_URL ?? values.DATABASE_URL },
});
