import { messageSplitter, startPostgresProxy } from "../support/postgres-proxy.ts";

export type Statement = { text: string; isRewritten: boolean };

const value = String.raw`(?:\$\d+(?:::\w+)?|current_organization_id\(\))`;
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
function forgetOrganization(text: string): string {
  const forget = (filter: string) => `(${filter} or true)`;
  return text.replaceAll(comparison, forget).replaceAll(comparisonOfTenant, forget);
}

/** Whether a statement has such a filter that `forgetOrganization` does not recognize. */
export function remembersOrganization(text: string): boolean {
  const rest = text.replaceAll(comparison, "").replaceAll(comparisonOfTenant, "");
  const ofRows =
    /organization_id"?\s*(=|<>|in\s*\(|= any)\s*\(?(?:\$|current_organization_id)/i.test(rest);
  const ofTenants = /\borganizations\b/i.test(rest) && /(?<![\w."])"?id"?\s*=\s*\$/i.test(rest);
  return ofRows || ofTenants;
}

/**
 * A proxy between the application and PostgreSQL that disables the filter by organization in every statement
 * on its way (PostgreSQL's protocol: the messages Query and Parse). It does not change functions in the database.
 */
export async function startForgetfulProxy(databaseUrl: string) {
  let executed: Statement[] = [];
  const proxy = await startPostgresProxy(databaseUrl, (client, server) => {
    const split = messageSplitter({ hasStartup: true });
    const rewrite = createRewriter((statement) => executed.push(statement));
    client.on("data", (chunk: Buffer) => server.write(Buffer.concat(split(chunk).map(rewrite))));
    server.on("data", (chunk: Buffer) => client.write(chunk));
  });
  return {
    ...proxy,
    /** Returns the statements that were executed since the last call. */
    takeStatements(): Statement[] {
      const taken = executed;
      executed = [];
      return taken;
    },
  };
}

/** Rewrites the statements in a client's messages. */
function createRewriter(onExecution: (statement: Statement) => void) {
  const prepared = new Map<string, Statement>();

  return ({ type, message }: { type: string; message: Buffer }): Buffer => {
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
  };
}
