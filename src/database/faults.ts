import { Prisma } from "./generated/client.ts";

/** Prisma's codes for: cannot connect, timed out, connection lost, pool exhausted, transaction not to be had. */
const unavailableCodes = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"]);

/** SQLSTATE classes: connection exception, insufficient resources, operator intervention, query canceled. */
const unavailableStates = /^(08|53|57|55P03|25006)/;

/** Whether an error says that the database is away, overloaded or shutting down: try again later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    if (unavailableCodes.has(error.code)) return true;
  }
  return listCauses(error).some(
    ({ code, message }) =>
      (typeof code === "string" &&
        (unavailableStates.test(code) || /^(ECONN|EPIPE|ENOTFOUND|ETIMEDOUT)/.test(code))) ||
      /timeout exceeded when trying to connect|Connection terminated|Query read timeout/.test(
        message,
      ),
  );
}

/** The unique constraint that an error says was violated, by the columns it covers; or undefined. */
export function violatesUnique(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}

function listCauses(error: unknown): { code: unknown; message: string }[] {
  const causes: { code: unknown; message: string }[] = [];
  for (let at: unknown = error; at instanceof Error && causes.length < 5; at = at.cause) {
    const inner = at as Error & {
      code?: unknown;
      originalCode?: unknown;
      meta?: { code?: unknown };
    };
    causes.push({
      code: inner.originalCode ?? inner.meta?.code ?? inner.code,
      message: at.message,
    });
  }
  return causes;
}
