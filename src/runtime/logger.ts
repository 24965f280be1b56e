import pino, { type DestinationStream, type Logger } from "pino";

import { describeError } from "./describe-error.ts";

/** The longest text in a line of the log. */
const longestText = 500;

/**
 * Creates every logger of the application. It writes errors, in any field, as runtime/describe-error.ts describes them, and
 * shortens long texts.
 */
export function createLogger(level: string, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      serializers: { err: describeError },
      formatters: { log: (fields) => Object.fromEntries(Object.entries(fields).map(reduceField)) },
      hooks: {
        logMethod([first, ...rest], method) {
          const fields: unknown = first instanceof Error ? { err: first } : cut(first);
          // Without a message, pino would write that of the error.
          const texts = typeof fields === "object" && rest.length === 0 ? ["error"] : rest.map(cut);
          Reflect.apply(method, this, [fields, ...texts]);
        },
      },
    },
    destination,
  );
}

function reduceField([name, value]: [string, unknown]): [string, unknown] {
  return [name, value instanceof Error && name !== "err" ? describeError(value) : cut(value)];
}

function cut<T>(value: T): T | string {
  return typeof value === "string" && value.length > longestText
    ? `${value.slice(0, longestText)}…`
    : value;
}

/**
 * Sends what libraries write to the console to the log: graphile-worker prints whole errors with console.trace().
 */
export function captureConsole(logger: Pick<Logger, "warn">, target: Console = console): void {
  for (const method of ["trace", "error", "warn"] as const) {
    target[method] = (...said: unknown[]) => {
      const error =
        said.find((each) => each instanceof Error) ?? new Error(said.map(String).join(" "));
      logger.warn({ err: error, part: "console" }, "a library wrote to the console");
    };
  }
}
