/** An error as a log has it: what is named here, and nothing else of the error. */
export type DescribedError = {
  type: string;
  message: string;
  stack?: string;
  cause?: DescribedError;
  errors?: DescribedError[];
  /** Of a validation: which fields, and which rule each broke. */
  issues?: string[];
} & Partial<Record<Fact, string | number>>;

/**
 * What is taken over besides the message, and what it has to look like: codes of Node.js, Prisma and ours; SQLSTATE and
 * PostgreSQL's names of our own things; where a connection was meant to go.
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

/** Causes of causes, and errors of one that stands for several. */
const deepest = 5;
const mostErrors = 3;
const mostFrames = 15;
const mostIssues = 10;
const longestMessage = 300;

/**
 * Describes whatever was thrown, for a log. The properties of errors have requests, tokens, rows and answers in them
 * (`rawPacket`, `detail`, `input`, `meta`), and so do many messages, which quote what they complain about. So an error
 * is reduced to what is listed above, to its frames, and to the plain words of its message: what stands in quotes, and
 * what is no word, becomes `…`.
 */
export function describeError(thrown: unknown): DescribedError {
  return describe(thrown, 1, new Set());
}

/** The same as text, for a terminal. */
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
    // Somebody's getter.
    return { type: "Error", message: "An error that cannot be read." };
  }
}

function readType({ name, constructor }: Error): string {
  return [name, constructor.name].find((each) => /^[A-Z]\w{0,59}$/i.test(each)) ?? "Error";
}

/** What PostgreSQL said, wherever it stands: in pg's own error, or in what Prisma makes of it. */
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
 * SQLSTATE classes whose messages name things of ours and no values: connection, integrity, state of the transaction,
 * login, conflict, syntax and rights, resources, operators.
 */
const valueless = /^(08|23|25|28|3D|3F|40|42|53|55|57)/;

function readMessage(error: Error, type: string): string {
  const fault = readDatabaseFault(error);
  if (fault)
    return cut(
      valueless.test(fault.sqlState) ? hidePasswords(fault.message) : hideWords(fault.message),
    );
  // It quotes what it could not read, in no quotes or in broken ones.
  if (error instanceof SyntaxError || isValidation(error)) return "What was read is not valid.";
  // Prisma shows the call, with all that was given to it, and says in the last line what is wrong.
  const text = type.startsWith("Prisma")
    ? (error.message.trim().split("\n").at(-1) ?? "")
    : error.message;
  return cut(hideWords(text));
}

const hidePasswords = (text: string) => text.replaceAll(/(\w:\/\/)[^\s/@]*@/g, "$1…@");

/** The plain words of a sentence. From the first quotation mark to the last one nothing is. */
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

/** A word, the name of a table or a setting, or a small number, with its punctuation. */
function isPlain(text: string): boolean {
  const [, bare = ""] = /^[([]*(.*?)[)\].,;:!?…]*$/su.exec(text) ?? [];
  return bare.length <= 32 && /^(_?[a-z]{1,20}([_'’-][a-z]{1,20})*|\d{1,5})?$/i.test(bare);
}

const cut = (text: string) =>
  text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;

/** What V8 writes of a frame that is in a file: a function, the file, line and column. */
const frame =
  /^ {4}at (?:(?:async |new )*[\w$.<>#[\] ]{1,100} \()?(?:file:\/\/|node:)?[\w/.@+~\\:()\p{L} -]{1,300}:\d+:\d+\)?$/u;

/** The lines after the last one that is no frame: before those stands the message, which may look like anything. */
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
