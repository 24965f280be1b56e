import { connect, createServer, type AddressInfo } from "node:net";

export type Statement = { text: string; isRewritten: boolean };

export type ForgetfulProxy = {
  /** The same database, through this proxy. */
  url: string;
  /** Returns the statements that were executed since the last call. */
  takeStatements(): Statement[];
  close(): Promise<void>;
};

const value = String.raw`\$\d+(?:::\w+)?`;
const owner = String.raw`(?:"?\w+"?\.)*"?organization_id"?|"public"\."organizations"\."id"|\bo\.id`;

/** Comparisons of a row's organization with a value from the application. */
const comparison = new RegExp(
  String.raw`(?<![\w"])(?:${owner})\s*(?:=\s*${value}|IN\s*\([^()]*\))`,
  "gi",
);
const comparisonOfTenant = new RegExp(
  String.raw`(?<=\borganizations\s(?:set\s[^;]*\s)?where\s)id\s*=\s*${value}`,
  "gi",
);

/** Disables a statement's filter by organization: the filter is always true. */
export function forgetOrganization(text: string): string {
  const forget = (filter: string) => `(${filter} or true)`;
  return text.replaceAll(comparison, forget).replaceAll(comparisonOfTenant, forget);
}

/** Whether a statement has such a filter that `forgetOrganization` does not recognize. */
export function remembersOrganization(text: string): boolean {
  const rest = text.replaceAll(comparison, "").replaceAll(comparisonOfTenant, "");
  const ofRows = /organization_id"?\s*(=|<>|in\s*\(|= any)\s*\(?\$/i.test(rest);
  const ofTenants = /\borganizations\b/i.test(rest) && /(?<![\w."])"?id"?\s*=\s*\$/i.test(rest);
  return ofRows || ofTenants;
}

/**
 * A proxy between the application and PostgreSQL that disables the filter by organization in every statement
 * on its way (PostgreSQL's protocol: the messages Query and Parse). What functions in the database do
 * stays as it is.
 */
export async function startForgetfulProxy(databaseUrl: string): Promise<ForgetfulProxy> {
  const target = new URL(databaseUrl);
  let executed: Statement[] = [];
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    const read = createReader((statement) => executed.push(statement));
    near.on("data", (chunk) => far.write(read(chunk)));
    far.on("data", (chunk) => near.write(chunk));
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on("error", end).on("close", end);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    takeStatements() {
      const taken = executed;
      executed = [];
      return taken;
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

/** Splits a client's bytes into messages, and rewrites their statements. */
function createReader(onExecution: (statement: Statement) => void): (chunk: Buffer) => Buffer {
  const prepared = new Map<string, Statement>();
  let rest: Buffer = Buffer.alloc(0);
  let hasStarted = false;

  function rewriteMessage(message: Buffer): Buffer {
    const type = message.toString("latin1", 0, 1);
    const readText = (start: number) => message.toString("utf8", start, message.indexOf(0, start));
    const skipText = (start: number) => message.indexOf(0, start) + 1;
    if (type === "B") {
      const statement = prepared.get(readText(skipText(5)));
      if (statement) onExecution(statement);
    }
    if (type !== "P" && type !== "Q") return message;
    const start = type === "P" ? skipText(5) : 5;
    const text = readText(start);
    const forgetful = forgetOrganization(text);
    const statement = { text, isRewritten: forgetful !== text };
    if (type === "P") prepared.set(readText(5), statement);
    else onExecution(statement);
    const rewritten = Buffer.concat([
      message.subarray(0, start),
      Buffer.from(forgetful),
      message.subarray(skipText(start) - 1),
    ]);
    rewritten.writeInt32BE(rewritten.length - 1, 1);
    return rewritten;
  }

  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const passed: Buffer[] = [];
    for (;;) {
      // Only the first message has no type.
      const typeLength = hasStarted ? 1 : 0;
      if (rest.length < typeLength + 4) break;
      const length = typeLength + rest.readInt32BE(typeLength);
      if (rest.length < length) break;
      const message = rest.subarray(0, length);
      passed.push(hasStarted ? rewriteMessage(message) : message);
      rest = rest.subarray(length);
      hasStarted = true;
    }
    return Buffer.concat(passed);
  };
}
