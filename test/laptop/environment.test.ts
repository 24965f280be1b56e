import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkLogtoCredentials, readAddress, readEnvironment } from "../../dev/environment.ts";

describe("readEnvironment()", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tenantry-env-"));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  it("reads .env, lets what is set win, and takes empty for not set in both", async () => {
    vi.stubEnv("LAPTOP_TEST_SET", "from the shell");
    vi.stubEnv("LAPTOP_TEST_EMPTY", "");
    for (const name of ["LAPTOP_TEST_FILE", "LAPTOP_TEST_BLANK"]) vi.stubEnv(name, undefined);
    await writeFile(
      join(folder, ".env"),
      "LAPTOP_TEST_SET=file\nLAPTOP_TEST_EMPTY=file\nLAPTOP_TEST_FILE=file\nLAPTOP_TEST_BLANK=\n",
    );
    readEnvironment(folder);
    expect(process.env).toMatchObject({
      LAPTOP_TEST_SET: "from the shell",
      LAPTOP_TEST_EMPTY: "file",
      LAPTOP_TEST_FILE: "file",
      CHECKPOINT_DISABLE: "1",
    });
    expect(process.env).not.toHaveProperty("LAPTOP_TEST_BLANK");
  });

  it("does without a .env", () => {
    expect(() => readEnvironment(folder)).not.toThrow();
  });
});

describe("readAddress()", () => {
  it.each([
    [{}, { port: undefined, baseUrl: undefined }],
    [{ PORT: "8080" }, { port: 8080, baseUrl: undefined }],
    [{ BASE_URL: "http://localhost:3010" }, { port: 3010, baseUrl: "http://localhost:3010" }],
    [
      { BASE_URL: "https://x.tunnel.example" },
      { port: undefined, baseUrl: "https://x.tunnel.example" },
    ],
    [
      { BASE_URL: "https://x.tunnel.example", PORT: "8080" },
      { port: 8080, baseUrl: "https://x.tunnel.example" },
    ],
  ])("%o", (environment: NodeJS.ProcessEnv, expected) => {
    expect(readAddress(environment)).toEqual(expected);
  });

  it.each([{ PORT: "http" }, { PORT: "-1" }, { BASE_URL: "localhost" }])(
    "refuses %o",
    (environment: NodeJS.ProcessEnv) => {
      expect(() => readAddress(environment)).toThrow(/is not a/);
    },
  );
});

describe("checkLogtoCredentials()", () => {
  it("names everything that a real Logto needs and that is missing", () => {
    const environment = { LOGTO_ENDPOINT: "https://logto.example", LOGTO_APP_ID: "a" };
    expect(() => checkLogtoCredentials(environment)).toThrow(
      "these must be set as well: LOGTO_APP_SECRET",
    );
    expect(() => checkLogtoCredentials({})).not.toThrow();
  });
});
