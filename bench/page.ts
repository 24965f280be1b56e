import { cpus, release, totalmem, type } from "node:os";

import { productName } from "../src/runtime/product.ts";
import type { Plan } from "./measure.ts";
import { writeTable } from "./report.ts";

/** Of lists and of members pages. It is measured by hand: the options are of Node, and no program sets them by itself. */
const memory = writeTable(
  ["options", "MiB under load", "processor time of the server"],
  [
    ["Node's defaults", "459 / 544", "1 / 1"],
    ["`--max-semi-space-size=16` (`npm start`)", "358 / 439", "0.93 / 1.06"],
    ["the same with `--max-old-space-size=1024`", "247 / 307", "1.14 / 1.23"],
    ["`--max-semi-space-size=8 --max-old-space-size=512`", "262 / 268", "1.24 / 1.46"],
  ],
);

/** Writes docs/performance.md. */
export function writePage({
  tables,
  commit,
  rounds,
  seconds,
  connections,
}: Pick<Plan, "rounds" | "seconds" | "connections"> & { tables: string; commit: string }): string {
  const [processor] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `# Performance

\`npm run bench -- --large --write\` measures, and writes this page and its picture. \`npm run bench\` measures the small size, and
prints the tables only; \`--rounds\`, \`--seconds\`, \`--connections\` and \`--scenarios list,session,write,members,organization\` change
what it does. It needs nothing but \`npm ci\`.

![Requests per second as a part of the limit](performance.svg)

## How to read it

Three programs answer the same requests about the same rows, on one PostgreSQL:

- **The limit** is bare Koa with one prepared statement that checks the session and the role, and builds the JSON. It also writes the
  audit event of a change. Nothing can be much faster on this platform. It renders no pages: for a page, it answers the list.
- **Plain Koa** is what a careful team writes by hand: koa-session with a store in PostgreSQL, @koa/router, a plain query for each
  question. It has no row-level security, no audit log and no pages.
- **${productName}** is the production build, with row-level security and the audit log. Its access log and its quotas are off, since
  the others have none.

Each round measures all three, one after the other. A figure is the median of the rounds, and \`÷ limit\` is the median of the ratios
to the limit in the same round. Compare the ratios, not the requests per second: the programs, PostgreSQL and the sender of the
requests share the processor. \`µs + PostgreSQL's\` is the processor time for one request, of the program and of PostgreSQL. It is the
steadier figure, since other work on the machine hardly changes it.

The run checks the members and their roles, the redirects, the pages and the changed rows before it measures, and that each program
refuses visitors, unknown sessions and members of other organizations. It fails if any answer has an unexpected status.

Measured at commit ${commit}: ${rounds} rounds of ${seconds} seconds, ${connections} connections, ${cpus().length} × ${processor?.model.trim()},
${gigabytes} GiB, ${type()} ${release()}, Node ${process.versions.node}, PostgreSQL 18 with \`fsync\`.

${tables}
## Memory

V8 lets the heap grow before it collects garbage, and the more processor time it may save, the further. \`npm start\` and the image
hold each space of its young generation to 16 MiB, half of Node's default. \`NODE_OPTIONS=--max-old-space-size=…\` also bounds the
rest; V8 then collects sooner long before the limit. Choose it where memory costs more than processor time, and leave room: beyond
the limit, Node exits. Measured under the load of lists and of members pages:

${memory}
An idle process has 160 to 200 MiB, and bare Koa has 300 under the same load.
`;
}
