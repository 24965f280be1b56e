import pg from "pg";

const unreadable =
  "cannot be read: percent-encode what is special in its user name and password (@ is %40, / is %2F, # is %23, ? is %3F), and look at its port";

const sslModes = ["disable", "no-verify", "prefer", "require", "verify-ca", "verify-full"];

/** Parameters that pg ignores silently although they mean something, with what to do instead. */
const meanings: Record<string, (value: string) => string | undefined> = {
  host: findSeveralHosts,
  schema: findOtherSchema,
  // A parameter of JDBC and others.
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
 * Finds what is wrong with the address of a database, without connecting.
 *
 * @returns a sentence without its subject, such as `names several hosts: …`, and never a part of the address
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

/** Tells where pg would connect to. */
export function locate(address: string) {
  const { host, port, database, user } = new pg.Client({ connectionString: settle(address) });
  return { host, port, database, user };
}

/** Parses an address as a URL. The form `user@/database?host=/folder` of libpq is no URL, so it gets a host first. */
export function parseAddress(address: string): URL | undefined {
  const whole = address.replace(/^(\w+:\/\/[^/?#]*@)\//, "$1localhost/");
  return URL.canParse(whole) ? new URL(whole) : undefined;
}

/**
 * Rewrites an address so that pg understands it as libpq does.
 *
 * @param options our start-up options; those of the address come after them and win
 */
export function settle(address: string, options = ""): string {
  const [base = "", ...rest] = address.split("?");
  const parameters = new URLSearchParams(rest.join("?"));
  const isCompatible = parameters.get("uselibpqcompat") === "true";
  // pg 8 treats each of them as verify-full, and warns that pg 9 will not.
  const isStrict = ["prefer", "require", "verify-ca"].includes(parameters.get("sslmode") ?? "");
  if (isStrict && !isCompatible) parameters.set("sslmode", "verify-full");
  // In libpq this means the public certificate authorities, which are Node's default.
  if (parameters.get("sslrootcert") === "system") parameters.delete("sslrootcert");
  const all = [options, parameters.get("options") ?? ""].join(" ").trim();
  if (all !== "") parameters.set("options", all);
  return parameters.size === 0 ? base : `${base}?${parameters}`;
}
