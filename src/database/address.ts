import pg from "pg";

const unreadable =
  "cannot be read: percent-encode what is special in its user name and password (@ is %40, / is %2F, # is %23, ? is %3F), and look at its port";

const sslModes = ["disable", "no-verify", "prefer", "require", "verify-ca", "verify-full"];

/** What pg passes over in silence, though somebody meant something by it, with what to do instead. */
const meanings: Record<string, (value: string) => string | undefined> = {
  host: findSeveralHosts,
  schema: findOtherSchema,
  // Of JDBC and of others.
  currentSchema: findOtherSchema,
  search_path: findOtherSchema,
  sslmode: (value) =>
    sslModes.includes(value)
      ? undefined
      : `has an sslmode that is not one of ${sslModes.join(", ")}`,
  target_session_attrs: (value) =>
    ["any", "read-write", "primary"].includes(value)
      ? undefined
      : "asks for a server that is only read (target_session_attrs)",
};

/**
 * Finds what is wrong with the address of a database, before anybody connects.
 *
 * @returns what comes after the name of the setting, such as `names several hosts: …`; never a part of the address
 */
export function findAddressFault(address: string): string | undefined {
  if (!/^postgres(ql)?:\/\//.test(address)) {
    return "must be an address such as postgres://user:password@host:5432/database";
  }
  const [, hosts = ""] = /^\w+:\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(address) ?? [];
  const severalHosts = findSeveralHosts(hosts);
  if (severalHosts !== undefined) return severalHosts;
  const url = parseAddress(address);
  if (!url || url.hash !== "") return unreadable;
  for (const [name, findFault] of Object.entries(meanings)) {
    const value = url.searchParams.get(name);
    const fault = value === null ? undefined : findFault(value);
    if (fault !== undefined) return fault;
  }
  try {
    locate(address);
  } catch (error) {
    if (!(error instanceof Error) || !("path" in error) || typeof error.path !== "string") {
      return unreadable;
    }
    return `names a file that cannot be read: ${error.path}`;
  }
  return undefined;
}

function findOtherSchema(name: string): string | undefined {
  return name === "public"
    ? undefined
    : "names another schema than public: the tables are in public";
}

function findSeveralHosts(hosts: string): string | undefined {
  return hosts.includes(",")
    ? "names several hosts: name one, which leads to the primary (a virtual address, a DNS name, a pool)"
    : undefined;
}

/** Where pg would connect. */
export function locate(address: string) {
  const { host, port, database, user } = new pg.Client({ connectionString: settle(address) });
  return { host, port, database, user };
}

/** An address as a URL. In one of libpq's own forms, `user@/database?host=/folder`, it is none, and gets a host. */
export function parseAddress(address: string): URL | undefined {
  const whole = address.replace(/^(\w+:\/\/[^/?#]*@)\//, "$1localhost/");
  return URL.canParse(whole) ? new URL(whole) : undefined;
}

/**
 * Writes an address in such a way that pg understands by it what it is meant to say.
 *
 * @param options start-up options of ours; those of the address itself come after them, and win
 */
export function settle(address: string, options = ""): string {
  const [base = "", ...rest] = address.split("?");
  const parameters = new URLSearchParams(rest.join("?"));
  const isCompatible = parameters.get("uselibpqcompat") === "true";
  // pg 8 takes each of them for verify-full, with a warning that pg 9 will not.
  const isStrict = ["prefer", "require", "verify-ca"].includes(parameters.get("sslmode") ?? "");
  if (isStrict && !isCompatible) parameters.set("sslmode", "verify-full");
  // libpq's word for the authorities that everybody trusts: Node's default.
  if (parameters.get("sslrootcert") === "system") parameters.delete("sslrootcert");
  const all = [options, parameters.get("options") ?? ""].join(" ").trim();
  if (all !== "") parameters.set("options", all);
  return parameters.size === 0 ? base : `${base}?${parameters}`;
}
