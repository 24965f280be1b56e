import pino, { type DestinationStream, type Logger } from "pino";

import { describeError } from "./describe-error.ts";

/** No line needs more of one text. */
const longestText = 500;

/**
 * The only maker of loggers: of an error it writes what runtime/describe-error.ts names, wherever the error stands in a line,
 * and no text is long.
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
          // Without a message pino would take the error's own.
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
 * Has what a library complains of on the console in the log instead, as it would be there: graphile-worker shows errors
 * whole, by console.trace().
 */
export function captureConsole(logger: Pick<Logger, "warn">, target: Console = console): void {
  for (const method of ["trace", "error", "warn"] as const) {
    target[method] = (...said: unknown[]) => {
      const error =
        said.find((each) => each instanceof Error) ?? new Error(said.map(String).join(" "));
      logger.warn({ err: error, part: "console" }, "a library has said something");
    };
  }
}
