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

/** Reads every limit that a `limits.ts` exports, with its file. */
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

/** Writes the rows of the limits that are counted in one of the two places. */
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

Limits keep one person from using up shared resources, reserving what others need, and making us send mail to strangers.

\`npm run docs\` writes this page from the files \`limits.ts\` in [src/](../src/); a test compares them. Change a number there.
The reasons are in [decisions/022-limits.md](decisions/022-limits.md).

## What a person sees

A request beyond a limit changes nothing. The answer is 429: a sentence names the limit and says when to try again, and the
headers are \`Retry-After\`, and \`RateLimit\` and \`RateLimit-Policy\` of draft-ietf-httpapi-ratelimit-headers. A form comes back with
what was typed. A period begins with the first use, and all its uses expire together.

Mails are the exception. An invitation to an address that has had too many is created but not mailed: the inviter sees that,
and the link. Other mails beyond a limit are not sent, and the log has a line about it.

## Counted in PostgreSQL

All instances count together, in the table \`limit_counters\`, which holds only hashes of ids and addresses. While the database
cannot be reached, the answer is 503, as for everything else.

${writeRows(passing, "database")}

\`invitations-at-once\` and \`invitation-mails-of-one\` count the invitations themselves.

## Counted in memory

Each instance counts for itself, so n instances let n times as much through, and a restart begins anew. These limits only
protect an instance from a flood, must be cheap, and work without the database.

${writeRows(passing, "memory")}

The number of \`organization-requests\` is the setting \`ORGANIZATION_REQUESTS_PER_MINUTE\`, and that of \`member-requests\` half of it. A network is an IPv4 address, or the
/64 of an IPv6 one, behind proxies as [deployment.md](deployment.md#behind-a-proxy) says.

\`writes\` holds for every route that changes something: src/tenancy/authorize.ts counts before anything else of a route runs, so no
route can forget it. Three routes are not counted: signing out, which is never refused, and the webhooks and back-channel
logouts of Logto, which carry a signature.

## Standing numbers

These do not expire. A request beyond one is answered with a sentence about it, and not with 429.

${writeTable([["what", "for each", "at most", "where"], ...standingRows])}

## What another site can make a browser do

A page of another site can have its visitors' browsers ask for any address of ours, and so use up the limits of their network.
What a browser says another site embeds, fetches or loads in advance (\`Sec-Fetch-Site\`, \`Sec-Fetch-Dest\`, \`Sec-Fetch-Mode\`,
\`Sec-Purpose\`) is refused with 403 before anything is counted. Only a navigation comes through. Browsers send these headers
to https and to localhost; Safari does since version 16.4. A browser that sends none is counted. A window that a page has
opened here can be sent on again and again: that uses up the sign-ins of its browser (\`sign-ins-of-browser\`), which then no longer
count for its network.

A valid link of an invitation always opens it, also after many wrong links from the same network.
`;
}
