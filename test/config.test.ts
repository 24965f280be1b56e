import { describe, expect, it } from "vitest";

import { readConfig } from "../src/config.ts";
import { InvalidConfigError } from "../src/runtime/settings.ts";
import { productName } from "../src/runtime/product.ts";

const sound = {
  BASE_URL: "https://app.example.com",
  DATABASE_URL: "postgres://web:sesame@db:5432/crm",
  SESSION_SECRET: "KgE3uP8sVw1zQx5yRb7cTn2mLd9hFj4a",
  LOGTO_ENDPOINT: "https://id.example.com",
  LOGTO_APP_ID: "application",
  LOGTO_APP_SECRET: "9f3kd02mfa8s",
};

/** The block that a start with these settings ends with. */
function readFaults(environment: Record<string, string | undefined>): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.message;
    throw error;
  }
  throw new Error("These settings were accepted.");
}

const listNames = (block: string) =>
  [...block.matchAll(/^ {2}([A-Z_]+) {2}/gm)].map(([, name]) => name);

describe("readConfig()", () => {
  it("needs six settings, and has a default for the rest", () => {
    expect(readConfig(sound)).toEqual({
      baseUrl: "https://app.example.com",
      isSecure: true,
      transportSecurity: "max-age=31536000",
      isDevelopment: false,
      server: { host: "0.0.0.0", port: 3000, trustedProxyHops: 0, shutdownDelaySeconds: 0 },
      logLevel: "info",
      database: { url: sound.DATABASE_URL, poolSize: 10 },
      jobs: { databaseUrl: sound.DATABASE_URL },
      mail: { smtpUrl: undefined, from: `${productName} <no-reply@app.example.com>` },
      sessions: {
        secrets: [sound.SESSION_SECRET],
        idleSeconds: 8 * 3600,
        absoluteSeconds: 7 * 24 * 3600,
      },
      organizations: { requestsPerMinute: 6_000 },
      logto: {
        endpoint: "https://id.example.com",
        appId: "application",
        appSecret: "9f3kd02mfa8s",
        management: null,
        webhookKeys: [],
      },
      huggingFace: { endpoint: "https://huggingface.co", client: null },
    });
  });

  it("FA26 names everything that is missing at once", () => {
    expect(readFaults({})).toBe(
      [
        `${productName} cannot start: 6 settings are missing or wrong.`,
        "",
        "  BASE_URL          is missing",
        "  DATABASE_URL      is missing",
        "  SESSION_SECRET    is missing",
        "  LOGTO_ENDPOINT    is missing",
        "  LOGTO_APP_ID      is missing",
        "  LOGTO_APP_SECRET  is missing",
        "",
        ".env.example explains every setting.",
      ].join("\n"),
    );
  });

  it("has a client for Hugging Face where both of its settings are there", () => {
    const id = { HUGGINGFACE_CLIENT_ID: "ours" };
    const both = { ...id, HUGGINGFACE_CLIENT_SECRET: "9f3kd02mfa8s" };
    expect(readConfig({ ...sound, ...id }).huggingFace.client).toBeNull();
    expect(readConfig({ ...sound, ...both }).huggingFace.client).toEqual({
      id: "ours",
      secret: "9f3kd02mfa8s",
    });
    const plain = { ...sound, HUGGINGFACE_ENDPOINT: "http://hub.example.com" };
    expect(listNames(readFaults(plain))).toEqual(["HUGGINGFACE_ENDPOINT"]);
  });

  it("takes an empty setting for one that is not set", () => {
    expect(listNames(readFaults({ ...sound, LOGTO_APP_ID: " " }))).toEqual(["LOGTO_APP_ID"]);
    expect(readConfig({ ...sound, PORT: "" }).server.port).toBe(3000);
  });

  it("has mail and jobs go elsewhere where that is set", () => {
    const { jobs, mail } = readConfig({
      ...sound,
      JOBS_DATABASE_URL: "postgres://web:sesame@direct:5432/crm",
      SMTP_URL: "smtps://me%40x:p%2Fw@mail.example.com",
      MAIL_FROM: "Acme <mail@example.com>",
    });
    expect(jobs.databaseUrl).toContain("@direct:");
    expect(mail).toEqual({
      smtpUrl: "smtps://me%40x:p%2Fw@mail.example.com",
      from: "Acme <mail@example.com>",
    });
  });

  it("CS08 promises https for a year and for this host only, unless told otherwise", () => {
    const read = (environment: Record<string, string>) =>
      readConfig({ ...sound, ...environment }).transportSecurity;
    expect(read({ HSTS_INCLUDE_SUBDOMAINS: "true" })).toBe("max-age=31536000; includeSubDomains");
    expect(read({ HSTS_MAX_AGE_DAYS: "730" })).toBe("max-age=63072000");
    expect(read({ HSTS_MAX_AGE_DAYS: "0" })).toBe("max-age=0");
    expect(read({ BASE_URL: "http://localhost:3000" })).toBeNull();
    expect(listNames(readFaults({ ...sound, HSTS_INCLUDE_SUBDOMAINS: "yes" }))).toEqual([
      "HSTS_INCLUDE_SUBDOMAINS",
    ]);
  });

  it("FA26 says of each setting that its quotation marks came along, and of a comment", () => {
    const values = {
      ...sound,
      MAIL_FROM: "Acme <mail@example.com>",
      PORT: "3000",
      SMTP_URL: "smtp://x",
    };
    for (const [name, value] of Object.entries(values)) {
      for (const mark of ['"', "'", "`"]) {
        const block = readFaults({ ...values, [name]: `${mark}${value}${mark}` });
        expect(listNames(block)).toEqual([name]);
        expect(block).toContain(
          `${name}  is wrapped in quotation marks, which \`docker --env-file\` passes on`,
        );
      }
      const block = readFaults({ ...values, [name]: `${value} # ours` });
      expect(listNames(block)).toEqual([name]);
      expect(block).toContain(`${name}  has a comment behind it`);
      expect(block).not.toContain("ours");
      expect(readFaults({ ...values, [name]: `${value} #ours` })).toContain("has a comment behind");
    }
    const team = "Team #1 <mail@example.com>";
    expect(readConfig({ ...values, MAIL_FROM: team }).mail.from).toBe(team);
  });

  it("takes no notice of a file's mark and of `export` before a name", () => {
    const { BASE_URL, DATABASE_URL, ...others } = sound;
    const odd = { "\ufeffBASE_URL": BASE_URL, "export DATABASE_URL": DATABASE_URL, ...others };
    expect(readConfig(odd)).toEqual(readConfig(sound));
  });

  it("takes no notice of spaces and line ends around a value", () => {
    const padded = Object.fromEntries(
      Object.entries(sound).map(([name, value]) => [name, ` ${value}\t\r\n`]),
    );
    expect(readConfig(padded)).toEqual(readConfig(sound));
  });

  it.each([
    ["SMTP_URL", "mail.example.com:587"],
    ["SMTP_URL", "smtp://canary@[/x"],
    ["MAIL_FROM", "Example"],
    ["MAIL_FROM", "a@x.example, b@y.example"],
    ["MAIL_FROM", '"Example <mail@example.com>'],
    ["MAIL_FROM", "Example <mail@example.com>\r\nBcc: <b@y.example>"],
    ["JOBS_DATABASE_URL", "mysql://db/x"],
  ])("does not take a %s such as %j", (name, value) => {
    const block = readFaults({ ...sound, [name]: value });
    expect(listNames(block)).toEqual([name]);
    expect(block).not.toContain("canary");
  });

  it("names the weak ones together with the missing ones", () => {
    const block = readFaults({
      ...sound,
      LOGTO_APP_ID: undefined,
      SESSION_SECRET: "short",
      BASE_URL: "http://app.example.com",
    });
    expect(new Set(listNames(block))).toEqual(
      new Set(["BASE_URL", "LOGTO_APP_ID", "SESSION_SECRET"]),
    );
  });

  it("never shows a value", () => {
    const wrong = Object.fromEntries(
      Object.keys(sound).map((name) => [name, "canary:7fa3, too short"]),
    );
    const block = readFaults({
      ...wrong,
      LOGTO_APP_SECRET: "canary example",
      PORT: "canary",
      LOG_LEVEL: "canary",
      NODE_ENV: "production",
    });
    expect(listNames(block)).toContain("LOGTO_APP_SECRET");
    expect(block).not.toContain("canary");
  });

  it.each([
    "app.example.com",
    "ftp://app.example.com",
    "https://",
    "https://app.example.com/crm",
    "https://app.example.com?x=1",
    "https://someone:sesame@app.example.com",
  ])("refuses %s as an address", (value) => {
    for (const name of ["BASE_URL", "LOGTO_ENDPOINT"]) {
      expect(listNames(readFaults({ ...sound, [name]: value }))).toEqual([name]);
    }
  });

  it("brings addresses into one form: without a slash at the end, in lower case, without a default port", () => {
    const { baseUrl } = readConfig({ ...sound, BASE_URL: "https://App.Example.com:443//" });
    expect(baseUrl).toBe("https://app.example.com");
  });

  it.each([
    ["PORT", "70000", "must be a whole number from 0 to 65535"],
    ["PORT", "3000.5", "must be a whole number"],
    ["DATABASE_POOL_SIZE", "0", "must be a whole number from 1 to 200"],
    ["TRUSTED_PROXY_HOPS", "-1", "must be a whole number from 0 to 10"],
    ["SESSION_IDLE_HOURS", "0", "must be a number from 0.1 to 720"],
    ["ORGANIZATION_REQUESTS_PER_MINUTE", "-1", "must be a whole number from 0 to 10000000"],
    ["SESSION_SECRET", " , ", "is missing"],
  ])("refuses %s=%s in plain words", (name, value, words) => {
    expect(readFaults({ ...sound, [name]: value })).toContain(`  ${name}  ${words}`);
  });

  it("listens on this machine only when that is the address, unless told otherwise", () => {
    const local = { ...sound, NODE_ENV: "development", BASE_URL: "http://localhost:4000" };
    expect(readConfig(local).server).toMatchObject({ host: "127.0.0.1", port: 4000 });
    expect(readConfig({ ...local, HOST: "::", PORT: "5000" }).server).toMatchObject({
      host: "::",
      port: 5000,
    });
  });

  it("SE13 takes several session secrets, the first of which signs", () => {
    const secrets = `${sound.SESSION_SECRET} , ${sound.SESSION_SECRET}-old`;
    expect(readConfig({ ...sound, SESSION_SECRET: secrets }).sessions.secrets).toEqual([
      sound.SESSION_SECRET,
      `${sound.SESSION_SECRET}-old`,
    ]);
  });
});

describe("readConfig() in production", () => {
  it.each(["BASE_URL", "LOGTO_ENDPOINT"])("wants https for %s, but for localhost", (name) => {
    expect(readFaults({ ...sound, [name]: "http://example.com" })).toContain("https");
    for (const here of ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"]) {
      expect(() => readConfig({ ...sound, [name]: here })).not.toThrow();
    }
  });

  it.each([
    ["too short", "KgE3uP8sVw1zQx5y"],
    ["monotonous", "a".repeat(64)],
    ["too short, if only as an old one", `${sound.SESSION_SECRET},old`],
  ])("refuses a session secret that is %s", (_why, value) => {
    const block = readFaults({ ...sound, SESSION_SECRET: value });
    expect(block).toContain("SESSION_SECRET  is too weak");
    expect(block).not.toContain(value);
  });

  it.each([
    "SESSION_SECRET",
    "LOGTO_APP_SECRET",
    "LOGTO_M2M_APP_SECRET",
    "LOGTO_WEBHOOK_SIGNING_KEY",
  ])("refuses the example's %s, which a laptop may have", (name) => {
    const example = { ...sound, [name]: `Example-${sound.SESSION_SECRET}` };
    expect(readFaults(example)).toContain(`${name}  is the one from the example`);
    expect(() => readConfig({ ...example, NODE_ENV: "development" })).not.toThrow();
  });

  it("is the default of NODE_ENV", () => {
    expect(readFaults({ ...sound, SESSION_SECRET: "weak" })).toContain("too weak");
    expect(() => readConfig({ ...sound, SESSION_SECRET: "weak", NODE_ENV: "test" })).not.toThrow();
  });
});
