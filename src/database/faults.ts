import { DriverAdapterError } from "@prisma/driver-adapter-utils";
import { z } from "zod";

import { Prisma } from "./generated/client.ts";

/** What @prisma/adapter-pg tells of an error: its own kind, and PostgreSQL's words where it was PostgreSQL. */
const driverFault = z.object({
  driverAdapterError: z.object({
    cause: z.object({
      kind: z.string(),
      host: z.string().optional(),
      port: z.number().optional(),
      originalCode: z.string().optional(),
      originalMessage: z.string().optional(),
    }),
  }),
});

/**
 * SQLSTATE classes: connection exception, insufficient resources, operator intervention; lock not to be had;
 * read-only; serialization failure; deadlock.
 */
const unavailableStates = /^(08|53|57|55P03$|25006$|40001$|40P01$)/;

const unavailableKinds = new Set([
  "DatabaseNotReachable",
  "ConnectionClosed",
  "SocketTimeout",
  "TooManyConnections",
  "TlsConnectionError",
  // Two transactions that waited for each other; this one was chosen to give way, and can be tried again.
  "TransactionWriteConflict",
]);

/** Prisma's codes for a transaction, a connection or an answer that was not to be had in time. */
const unavailableCodes = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"]);

/** What pg and its pool say themselves, without any code. */
const unavailableMessages =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|ECONNRESET|EPIPE/;

/** Whether an error says that the database is away, overloaded or shutting down: try again later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const fault = readDriverFault(error);
  if (fault) {
    return (
      unavailableKinds.has(fault.kind) ||
      unavailableStates.test(fault.originalCode ?? "") ||
      unavailableMessages.test(fault.originalMessage ?? "")
    );
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const isUnavailableCode =
    error instanceof Prisma.PrismaClientKnownRequestError
      ? unavailableCodes.has(code)
      : unavailableStates.test(code) ||
        /^(ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH)/.test(code);
  return isUnavailableCode || unavailableMessages.test(error.message);
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

/** An error of the database in one line, in PostgreSQL's own words where it spoke. */
export function describeDatabaseFault(error: unknown): string {
  const fault = error instanceof Error ? readDriverFault(error) : undefined;
  if (fault?.originalMessage) return fault.originalMessage;
  if (fault?.kind === "DatabaseNotReachable") {
    return `nothing answers at ${fault.host ?? "its host"}, port ${fault.port ?? "unknown"}`;
  }
  if (fault) return fault.kind;
  return error instanceof Error ? error.message.trim().replaceAll(/\s+/g, " ") : String(error);
}

/** Prisma wraps it for a statement, and passes it on as it is where a transaction begins or ends. */
function readDriverFault(error: Error) {
  if (error instanceof DriverAdapterError) {
    return driverFault.safeParse({ driverAdapterError: error }).data?.driverAdapterError.cause;
  }
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return undefined;
  return driverFault.safeParse(error.meta).data?.driverAdapterError.cause;
}
