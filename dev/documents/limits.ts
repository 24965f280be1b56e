import { glob } from "node:fs/promises";
import { resolve } from "node:path";

import { z } from "zod";

import { describePeriod, type Limit, type StandingLimit } from "../../src/http/limit.ts";
import { writeTable } from "./roles.ts";

const sources = resolve(import.meta.dirname, "../../src");

const limit = z.object({
  name: z.string(),
  things: z.string(),
  per: z.string(),
  attempts: z.number(),
  seconds: z.number(),
  kept: z.literal(["memory", "database"]),
}) satisfies z.ZodType<Limit>;

const standingLimit = z.strictObject({
  things: z.string(),
  per: z.string(),
  most: z.number(),
}) satisfies z.ZodType<StandingLimit>;

type Row<L> = { file: string; limit: L };

const link = (file: string) => `[${file}](../src/${file})`;

/** Reads every limit that a `limits.ts` exports, by file, so that a removed feature takes its limits with it. */
async function readLimits(): Promise<{ passing: Row<Limit>[]; standing: Row<StandingLimit>[] }> {
  const files: string[] = [];
  for await (const file of glob("*/limits.ts", { cwd: sources })) files.push(file);
  const passing: Row<Limit>[] = [];
  const standing: Row<StandingLimit>[] = [];
  for (const file of files) {
    const exported: unknown = await import(resolve(sources, file));
    for (const value of Object.values(z.record(z.string(), z.unknown()).parse(exported))) {
      const found = limit.safeParse(value).data;
      if (found) passing.push({ file, limit: found });
      const still = standingLimit.safeParse(value).data;
      if (still) standing.push({ file, limit: still });
    }
  }
  const sort = <L extends { things: string }>(rows: Row<L>[]) =>
    rows.toSorted((one, other) =>
      `${one.file} ${one.limit.things}`.localeCompare(`${other.file} ${other.limit.things}`, "en"),
    );
  return { passing: sort(passing), standing: sort(standing) };
}

/** Writes the rows of the limits that are kept in memory, or in the database. */
function writeRows(limits: readonly Row<Limit>[], kept: Limit["kept"]): string {
  const rows = limits
    .filter((each) => each.limit.kept === kept)
    .map(({ file, limit: { name, things, per, attempts, seconds } }) => [
      things,
      per,
      `${attempts} in ${describePeriod(seconds)}`,
      `\`${name}\``,
      link(file),
    ]);
  return writeTable([["what", "for each", "at most", "name in the headers", "where"], ...rows]);
}

/** Writes the text of docs/limits.md. */
export async function describeLimits(): Promise<string> {
  const { passing, standing } = await readLimits();
  const standingRows = standing.map(({ file, limit: { things, per, most } }) => [
    things,
    per,
    String(most),
    link(file),
  ]);
  return `# Limits

Limits keep a person from using up shared capacity, reserving names that others need, or making the application write to strangers.

\`npm run docs\` writes this page from the files \`limits.ts\` in [src/](../src/), and a test compares them. Change a number there.
[decisions/022-limits.md](decisions/022-limits.md) explains the design.

## What people see

A request beyond a limit changes nothing. The answer is 429, with a sentence that names the limit and says when to try again,
\`Retry-After\`, and \`RateLimit\` and \`RateLimit-Policy\` as in draft-ietf-httpapi-ratelimit-headers. A form is shown again with its
values. A period begins with the first use and ends as a whole.

Mail is the exception. An invitation to an address that has had too many mails is created and not mailed; the inviter sees that, and
the link. Other mails beyond a limit are not sent, and the log says so.

## Counted in PostgreSQL

All instances count together in the table \`limit_counters\`, which has hashes in place of ids and addresses. While the database is
away, the answer is 503, as everywhere.

${writeRows(passing, "database")}

\`invitations-at-once\` and \`invitation-mails-of-one\` count the invitations themselves.

## Counted in memory

Each instance counts for itself, so n instances allow n times as much, and a restart starts from zero. These limits protect an instance
from floods, cost nothing, and work without the database.

${writeRows(passing, "memory")}

The number of \`organization-requests\` is the setting \`ORGANIZATION_REQUESTS_PER_MINUTE\`, and that of \`member-requests\` half of it. A network is an IPv4 address, or the
/64 of an IPv6 one, behind proxies as [deployment.md](deployment.md#behind-a-proxy) says.

\`writes\` applies to every route that changes something: src/tenancy/authorize.ts counts before the rest of a route runs, so no route
can forget it. Three routes have no user to count for: signing out, which is never refused, and the requests of Logto (webhooks,
back-channel logout), which a signature proves.

## Standing numbers

These do not end with a period. A request beyond one is answered with a sentence about it, not with 429.

${writeTable([["what", "for each", "at most", "where"], ...standingRows])}

## What another site can make a browser do

A page of another site can make its visitors' browsers request any address of the application, and so use up the limits of their
network. Requests that another site embeds, fetches or preloads (by \`Sec-Fetch-Site\`, \`Sec-Fetch-Dest\`, \`Sec-Fetch-Mode\` and
\`Sec-Purpose\`) are refused with 403 before they are counted. Only a navigation passes. Browsers send these headers to https and to
localhost, Safari since version 16.4. A browser that sends none is counted. A page can navigate a window that it has opened here again
and again: that uses up the sign-ins of the browser (\`sign-ins-of-browser\`), which then no longer count for its network.

The link of an invitation never counts as a guess: a valid one opens its invitation, whatever its network has tried before.
`;
}
