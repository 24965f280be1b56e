/** The `code` of a system or database error (`EADDRINUSE`, `42P04`), if it has one. */
export function codeOf(fault: unknown): string | undefined {
  if (!(fault instanceof Error) || !("code" in fault)) return undefined;
  return typeof fault.code === "string" ? fault.code : undefined;
}

/** Describes a fault for a person: its message, and more where that helps. */
export function describeFault(fault: unknown): string {
  if (fault instanceof AggregateError && fault.message === "") {
    return fault.errors.map((each) => describeFault(each)).join("; ");
  }
  if (["EACCES", "EPERM"].includes(codeOf(fault) ?? "")) {
    return `${String(fault)}. Does it belong to another account, such as root? Start as that account, or remove it.`;
  }
  return fault instanceof Error ? fault.message : String(fault);
}
