/** An error as logs have it: these properties and no others. */
export type DescribedError = {
  type: string;
  message: string;
  stack?: string;
  cause?: DescribedError;
  errors?: DescribedError[];
  /** The fields that a validation refused, with the rule that each broke. */
  issues?: string[];
} & Partial<Record<Fact, string | number>>;

/**
 * The other properties that are kept, with the pattern that each must match: codes of Node.js, Prisma and our own; SQLSTATE, and
 * names of our tables, columns and constraints; the target of a connection.
 */
const facts = {
  code: /^([A-Z][A-Z0-9_]{1,40}|[a-z_]{1,40}(\.[a-z_]{1,40})*)$/,
  kind: /^[a-z_]{1,40}$/,
  status: /^\d{3}$/,
  sqlState: /^[0-9A-Z]{5}$/,
  modelName: /^[A-Z][A-Za-z]{0,40}$/,
  table: /^[a-z_]{1,63}$/,
  column: /^[a-z_]{1,63}$/,
  constraint: /^[a-z_]{1,63}$/,
  syscall: /^[a-z]{1,20}$/,
  address: /^(\d{1,3}(\.\d{1,3}){3}|[\da-f]{0,4}(:[\da-f]{0,4}){2,7})$/i,
  port: /^\d{1,5}$/,
} as const;

type Fact = keyof typeof facts;

const deepest = 5;
const mostErrors = 3;
const mostFrames = 15;
const mostIssues = 10;
const longestMessage = 300;

/**
 * Describes a thrown value for a log. Properties of errors contain requests, tokens, rows and answers (`rawPacket`, `detail`,
 * `input`, `meta`), and many messages quote them. So an error is reduced to the properties above, its stack frames, and the plain
 * words of its message: quoted text, and everything that is no word, becomes `…`.
 */
export function describeError(thrown: unknown): DescribedError {
  return describe(thrown, 1, new Set());
}

/** Describes a thrown value as text, for a terminal. */
export function writeError(thrown: unknown): string {
  const lines: string[] = [];
  for (let error: DescribedError | undefined = describeError(thrown); error; error = error.cause) {
    lines.push(error.stack ?? `${error.type}: ${error.message}`);
  }
  return lines.join("\nCaused by ");
}

function describe(thrown: unknown, depth: number, seen: Set<unknown>): DescribedError {
  if (!(thrown instanceof Error)) {
    return {
      type: "Thrown",
      message: `A value of type ${thrown === null ? "null" : typeof thrown}.`,
    };
  }
  try {
    seen.add(thrown);
    const next = (error: unknown) => describe(error, depth + 1, seen);
    const goesOn = (error: unknown) =>
      error !== undefined && error !== null && depth < deepest && !seen.has(error);
    const type = readType(thrown);
    const message = readMessage(thrown, type);
    const { cause } = thrown;
    return {
      type,
      message,
      ...readFacts(thrown),
      ...(isValidation(thrown) && { issues: listIssues(thrown.issues) }),
      stack: [`${type}: ${message}`, ...listFrames(thrown)].join("\n"),
      ...(goesOn(cause) && { cause: next(cause) }),
      ...(thrown instanceof AggregateError &&
        depth < deepest && {
          errors: thrown.errors.filter(goesOn).slice(0, mostErrors).map(next),
        }),
    };
  } catch {
    // A getter of the error threw.
    return { type: "Error", message: "An error that cannot be read." };
  }
}

function readType({ name, constructor }: Error): string {
  return [name, constructor.name].find((each) => /^[A-Z]\w{0,59}$/i.test(each)) ?? "Error";
}

/** PostgreSQL's code and message, from pg's own error or from Prisma's. */
type DatabaseFault = { sqlState: string; message: string };

function readDatabaseFault(error: Error): DatabaseFault | undefined {
  const cause = get(get(get(error, "meta"), "driverAdapterError"), "cause");
  const [code, message] = cause
    ? [get(cause, "originalCode"), get(cause, "originalMessage")]
    : [get(error, "severity") && get(error, "code"), error.message];
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && typeof message === "string"
    ? { sqlState: code, message }
    : undefined;
}

function get(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function readFacts(error: Error): Partial<Record<Fact, string | number>> {
  const meta = get(error, "meta");
  const constraint = get(get(get(meta, "driverAdapterError"), "cause"), "constraint");
  const read = (name: string): unknown => {
    if (name === "modelName") return get(meta, name);
    if (name === "sqlState") return readDatabaseFault(error)?.sqlState;
    return get(error, name) ?? (name === "constraint" ? get(constraint, "index") : undefined);
  };
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, pattern]) => {
      const value = read(name);
      const isFact = typeof value === "string" || typeof value === "number";
      return isFact && pattern.test(String(value)) ? [[name, value]] : [];
    }),
  );
}

/**
 * SQLSTATE classes whose messages contain names but no values: connection, integrity, transaction state, login, conflict, syntax
 * and rights, resources, operators.
 */
const valueless = /^(08|23|25|28|3D|3F|40|42|53|55|57)/;

function readMessage(error: Error, type: string): string {
  const fault = readDatabaseFault(error);
  if (fault)
    return cut(
      valueless.test(fault.sqlState) ? hidePasswords(fault.message) : hideWords(fault.message),
    );
  // Its message repeats the input, without quotes or with broken ones.
  if (error instanceof SyntaxError || isValidation(error)) return "What was read is not valid.";
  // Prisma shows the whole call, and says in the last line what is wrong.
  const text = type.startsWith("Prisma")
    ? (error.message.trim().split("\n").at(-1) ?? "")
    : error.message;
  return cut(hideWords(text));
}

/** Hides passwords in addresses, such as that of the database. */
export const hidePasswords = (text: string) => text.replaceAll(/(\w:\/\/)[^\s/@]*@/g, "$1…@");

/** Keeps the plain words of a sentence, and nothing from the first quotation mark to the last. */
function hideWords(text: string): string {
  return text
    .slice(0, 10 * longestMessage)
    .replace(/["`“«].*["`”»]/su, "…")
    .replace(/(?<![\p{L}\p{N}])['‘].*['’](?![\p{L}\p{N}])/su, "…")
    .split(/\s+/)
    .map((each) => (isPlain(each) ? each : "…"))
    .join(" ")
    .replaceAll(/…( …)+/g, "…")
    .trim();
}

/** Accepts a word, the name of a table or a setting, or a small number, with punctuation. */
function isPlain(text: string): boolean {
  const [, bare = ""] = /^[([]*(.*?)[)\].,;:!?…]*$/su.exec(text) ?? [];
  return bare.length <= 32 && /^(_?[a-z]{1,20}([_'’-][a-z]{1,20})*|\d{1,5})?$/i.test(bare);
}

const cut = (text: string) =>
  text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;

/** Matches a stack frame of V8 that is in a file: function, file, line and column. */
const frame =
  /^ {4}at (?:(?:async |new )*[\w$.<>#[\] ]{1,100} \()?(?:file:\/\/|node:)?[\w/.@+~\\:()\p{L} -]{1,300}:\d+:\d+\)?$/u;

/** Lists the stack frames after the message, which itself may look like one. */
function listFrames({ stack, message }: Error): string[] {
  const text = typeof stack === "string" ? stack : "";
  const start = text.indexOf(message);
  const lines = (start < 0 ? text : text.slice(start + message.length)).split("\n").slice(1);
  return lines.filter((line) => frame.test(line)).slice(0, mostFrames);
}

type Validation = Error & { issues: readonly unknown[] };

function isValidation(error: Error): error is Validation {
  return error.name.endsWith("ZodError") && "issues" in error && Array.isArray(error.issues);
}

function listIssues(issues: readonly unknown[]): string[] {
  return issues.slice(0, mostIssues).map((issue) => {
    const path = get(issue, "path");
    const steps = Array.isArray(path) ? path.map(String) : [];
    const field = steps.map((step) => (isPlain(step) ? step : "…")).join(".");
    return `${field}: ${hideWords(String(get(issue, "code")))}`;
  });
}
