/** An answer other than success, with Logto's code and body. */
export class ManagementError extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, code: string, message: string, extra: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    // `data` before `message`, `details` between them: the order Logto writes.
    this.body = { code, ...extra, message };
  }
}

export const notFound = () =>
  new ManagementError(404, "entity.not_found", "The resource does not exist.");

export const notExistsWithId = (table: string, id: string) =>
  new ManagementError(
    404,
    "entity.not_exists_with_id",
    `The ${table} with ID \`${id}\` does not exist.`,
  );

/** A rule that Logto leaves to a check in its database. */
export const constraintViolated = () =>
  new ManagementError(422, "entity.db_constraint_violated", "Database constraint violated.");

export const emptyChange = () =>
  new ManagementError(422, "entity.invalid_input", "Invalid input. Value list must not be empty.");

const bySqlState: Record<string, () => ManagementError> = {
  "23505": () =>
    new ManagementError(
      422,
      "entity.unique_integrity_violation",
      "The entity already exists. Please check the input and try again.",
    ),
  "23503": () =>
    new ManagementError(
      422,
      "entity.relation_foreign_key_not_found",
      "Cannot find one or more foreign keys. Please check the input and ensure that all referenced entities exist.",
    ),
};

/** Logto, too, lets the database find broken references and duplicates, and translates what it says. */
export function translateSqlState(
  state: string | undefined,
  message: string,
): ManagementError | undefined {
  if (state === "22001") {
    return new ManagementError(
      422,
      "entity.value_too_long",
      "The length of value is too long and exceeds the limit.",
      { data: { message } },
    );
  }
  return state === undefined ? undefined : bySqlState[state]?.();
}
