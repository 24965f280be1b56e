import { DriverAdapterError } from "@prisma/driver-adapter-utils";
import { z } from "zod";

import { Prisma } from "./generated/client.ts";

/** What @prisma/adapter-pg tells of an error: its own kind, and PostgreSQL's words where it was PostgreSQL. */
const driverFault = z.object({
  kind: z.string(),
  severity: z.string().optional(),
  host: z.string().optional(),
  port: z.number().optional(),
  reason: z.string().optional(),
  originalCode: z.string().optional(),
  originalMessage: z.string().optional(),
});

const wrappedFault = z.object({ driverAdapterError: z.object({ cause: driverFault }) });

/**
 * SQLSTATE classes: connection exception, insufficient resources, operator intervention, system error (a disk); what
 * ends a connection while it is made (a password, a pg_hba.conf, a database that is being replaced, or lets nobody in);
 * lock not to be had; read-only; limits on the time of a transaction; serialization failure; deadlock.
 */
const unavailableStates =
  /^(08|53|57|58|28|3D000$|55000$|55P03$|55006$|25006$|25P03$|25P04$|40001$|40003$|40P01$)/;

/** PostgreSQL has ended the connection, or refused it: its own code may be any, such as that of a role it may not take. */
const fatal = /^(FATAL|PANIC)$/;

const unavailableKinds = new Set([
  "DatabaseNotReachable",
  "ConnectionClosed",
  "SocketTimeout",
  "TooManyConnections",
  "TlsConnectionError",
  "AuthenticationFailed",
  "DatabaseAccessDenied",
  "DatabaseDoesNotExist",
  // Two transactions that waited for each other; this one was chosen to give way, and can be tried again.
  "TransactionWriteConflict",
]);

/** Prisma's codes for a transaction, a connection or an answer that was not to be had in time. */
const unavailableCodes = /^(P1000|P1001|P1002|P1003|P1008|P1010|P1011|P1017|P2024|P2028|P2037)$/;

/** What the operating system, Node's sockets and TLS call the loss of a connection, or one that cannot be made. */
const lostCodes =
  /^(ECONN|EPIPE$|EPROTO$|ENOTFOUND$|EAI_|ETIMEDOUT$|EHOST|ENET|EMFILE$|ERR_STREAM_(DESTROYED|WRITE_AFTER_END)$|ERR_SSL_|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** What pg and its pool say themselves, without any code. */
const lostMessages = new RegExp(
  [
    "timeout exceeded when trying to connect",
    "timeout expired",
    "Connection terminated",
    "Query read timeout",
    "is not queryable",
    "after calling end on the pool",
    // A connection on which somebody else's answer arrives is of no use any more.
    "Received unexpected \\w+ message from backend",
    "SSL connection",
    "^SASL",
    "ECONNRESET",
    "EPIPE",
  ].join("|"),
);

/** Whether an error says that the database is away, overloaded or shutting down: try again later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const fault = readDriverFault(error);
  if (fault) {
    return (
      unavailableKinds.has(fault.kind) ||
      fatal.test(fault.severity ?? "") ||
      unavailableStates.test(fault.originalCode ?? "") ||
      lostMessages.test(fault.originalMessage ?? "")
    );
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    return unavailableCodes.test(code) || lostMessages.test(error.message);
  }
  // A socket in the file system that is not there, or that is not ours.
  const isOfConnect = "syscall" in error && error.syscall === "connect";
  return (
    isOfConnect ||
    ("severity" in error && fatal.test(String(error.severity))) ||
    unavailableStates.test(code) ||
    lostCodes.test(code) ||
    lostMessages.test(error.message)
  );
}

/** Whether PostgreSQL ended a transaction since it got in another one's way: it can be begun again at once. */
export function isConflict(error: unknown): boolean {
  const fault = error instanceof Error ? readDriverFault(error) : undefined;
  return (
    fault?.kind === "TransactionWriteConflict" || /^40(001|P01)$/.test(fault?.originalCode ?? "")
  );
}

/** Whether an error says that a unique constraint was violated. */
export function violatesUnique(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}

/**
 * An error of the database in one line, in PostgreSQL's own words where it spoke, and with what to do about it where
 * that can be told.
 *
 * @param error of Prisma, or of pg
 */
export function describeDatabaseFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code = "", message } = readFault(error);
  const words = message.trim().replaceAll(/\s+/g, " ");
  const remedy = remedies.find(([pattern]) => pattern.test(code) || pattern.test(words))?.[1];
  return remedy === undefined ? words : `${words.replace(/\.$/, "")}. ${remedy}`;
}

/** By PostgreSQL's or Node's code, or by what pg says without any: PostgreSQL's own words are in any language. */
const remedies: [RegExp, string][] = [
  [
    /^28P01$|^SASL/,
    "Look at its user and password: what is special in them is percent-encoded (@ is %40, / is %2F, # is %23)",
  ],
  [
    /^28000$/,
    "Where the server demands TLS, add ?sslmode=verify-full; else its pg_hba.conf has to let this login in (docs/deployment.md, TLS)",
  ],
  [/does not support SSL/, "Take sslmode out of the address, or switch the server's TLS on"],
  [
    /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/,
    "Name the certificate of the authority that the server's was signed by: &sslrootcert=/path/to/ca.pem (docs/deployment.md, TLS)",
  ],
  [/^ERR_TLS_CERT_ALTNAME/, "Connect by a name that is in the server's certificate"],
  [/^CERT_HAS_EXPIRED$/, "Renew the server's certificate"],
  [/^3D000$/, "Create it: createdb -T template0 -E UTF8 --owner=that_login its_name"],
];

/** PostgreSQL's code (SQLSTATE) of an error, or Node's. */
export function stateOf(error: unknown): string | undefined {
  return error instanceof Error ? readFault(error).code : undefined;
}

/** The code and the words of an error, wherever they are. */
function readFault(error: Error): { code?: string; message: string } {
  const fault = readDriverFault(error);
  if (fault) {
    const { kind, originalCode, originalMessage, reason } = fault;
    if (kind === "DatabaseNotReachable") return { message: describeSilence(fault) };
    // Of a certificate the adapter keeps the words only.
    const code = originalCode ?? tlsCodes.find(([words]) => words.test(reason ?? ""))?.[1];
    return { message: originalMessage ?? reason ?? kind, ...(code && { code }) };
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (/^(ECONNREFUSED|ENOTFOUND)$/.test(code)) {
    return { code, message: describeSilence(findPlace(error)) };
  }
  return { code, message: error.message };
}

const tlsCodes: [RegExp, string][] = [
  [/self.signed|unable to (get|verify)/i, "SELF_SIGNED_CERT_IN_CHAIN"],
  [/does not match certificate/, "ERR_TLS_CERT_ALTNAME_INVALID"],
  [/has expired/, "CERT_HAS_EXPIRED"],
];

type Place = { host?: string | undefined; port?: number | undefined };

const describeSilence = ({ host = "its host", port }: Place) =>
  `nothing answers at ${host}${port === undefined ? "" : `, port ${port}`}`;

const socketFault = z.object({
  address: z.string().optional(),
  hostname: z.string().optional(),
  port: z.number().optional(),
});

/** A name with several addresses has been tried at each. */
function findPlace(error: Error): Place {
  const one: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { address, hostname, port } = socketFault.safeParse(one).data ?? {};
  return { host: address ?? hostname, port };
}

/** Prisma wraps it for a statement, and passes it on as it is where a transaction begins or ends. */
function readDriverFault(error: Error) {
  if (error instanceof DriverAdapterError) return driverFault.safeParse(error.cause).data;
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return undefined;
  return wrappedFault.safeParse(error.meta).data?.driverAdapterError.cause;
}
