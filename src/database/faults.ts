import { DriverAdapterError } from "@prisma/driver-adapter-utils";
import { z } from "zod";

import { Prisma } from "./generated/client.ts";

/** The part of an error that @prisma/adapter-pg keeps: its own kind, and PostgreSQL's message if there is one. */
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
 * SQLSTATE classes: connection exception, insufficient resources, operator intervention, system error (a disk); a refused login
 * (a password, pg_hba.conf, a database that is being replaced or accepts no connections); lock not available; read-only;
 * transaction timeout; serialization failure; deadlock.
 */
const unavailableStates =
  /^(08|53|57|58|28|3D000$|55000$|55P03$|55006$|25006$|25P03$|25P04$|40001$|40003$|40P01$)/;

/** PostgreSQL ended or refused the connection, with any code, such as that of a role that the login may not take. */
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
  // A deadlock or a failed serialization: the transaction can be tried again.
  "TransactionWriteConflict",
]);

/** Prisma's codes for a failed or late connection, transaction or answer. */
const unavailableCodes = /^(P1000|P1001|P1002|P1003|P1008|P1010|P1011|P1017|P2024|P2028|P2037)$/;

/** Codes of the operating system, Node's sockets and TLS for a connection that is lost or cannot be made. */
const lostCodes =
  /^(ECONN|EPIPE$|EPROTO$|ENOTFOUND$|EAI_|ETIMEDOUT$|EHOST|ENET|EMFILE$|ERR_STREAM_(DESTROYED|WRITE_AFTER_END)$|ERR_SSL_|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** Messages of pg and its pool, which have no code. */
const lostMessages = new RegExp(
  [
    "timeout exceeded when trying to connect",
    "timeout expired",
    "Connection terminated",
    "Query read timeout",
    "is not queryable",
    "after calling end on the pool",
    // A connection that receives the answer of another query cannot be used any more.
    "Received unexpected \\w+ message from backend",
    "SSL connection",
    "^SASL",
    "ECONNRESET",
    "EPIPE",
  ].join("|"),
);

/** Tells whether an error means that the database is away, overloaded or shutting down. */
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
  // A missing socket in the file system, or one without access.
  const isOfConnect = "syscall" in error && error.syscall === "connect";
  return (
    isOfConnect ||
    ("severity" in error && fatal.test(String(error.severity))) ||
    unavailableStates.test(code) ||
    lostCodes.test(code) ||
    lostMessages.test(error.message)
  );
}

/** Tells whether PostgreSQL rolled back a transaction because of a conflict, so that it can be repeated at once. */
export function isConflict(error: unknown): boolean {
  const fault = error instanceof Error ? readDriverFault(error) : undefined;
  return (
    fault?.kind === "TransactionWriteConflict" || /^40(001|P01)$/.test(fault?.originalCode ?? "")
  );
}

/** Tells whether a unique constraint was violated. */
export function violatesUnique(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}

/**
 * Describes an error of the database in one line, with PostgreSQL's message if there is one, and a remedy if one is known.
 *
 * @param error of Prisma or pg
 */
export function describeDatabaseFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code = "", message } = readFault(error);
  const words = message.trim().replaceAll(/\s+/g, " ");
  const remedy = remedies.find(([pattern]) => pattern.test(code) || pattern.test(words))?.[1];
  return remedy === undefined ? words : `${words.replace(/\.$/, "")}. ${remedy}`;
}

/** Matched against PostgreSQL's or Node's code, or a message of pg: PostgreSQL's messages may be in any language. */
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

/** Returns PostgreSQL's code (SQLSTATE) of an error, or Node's. */
export function stateOf(error: unknown): string | undefined {
  return error instanceof Error ? readFault(error).code : undefined;
}

/** Finds the code and the message of an error, wherever they are. */
function readFault(error: Error): { code?: string; message: string } {
  const fault = readDriverFault(error);
  if (fault) {
    const { kind, originalCode, originalMessage, reason } = fault;
    if (kind === "DatabaseNotReachable") return { message: describeSilence(fault) };
    // For a certificate, the adapter keeps only the message.
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

/** For a name with several addresses, Node tried each of them. */
function findPlace(error: Error): Place {
  const one: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { address, hostname, port } = socketFault.safeParse(one).data ?? {};
  return { host: address ?? hostname, port };
}

/** Prisma wraps the error of a statement, and passes on that of the begin or end of a transaction as it is. */
function readDriverFault(error: Error) {
  if (error instanceof DriverAdapterError) return driverFault.safeParse(error.cause).data;
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return undefined;
  return wrappedFault.safeParse(error.meta).data?.driverAdapterError.cause;
}
