import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkSettings, readAddress, readEnvironment } from "../../dev/run/environment.ts";

describe("readEnvironment()", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "env-"));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  it("reads .env, prefers the environment, and treats empty as not set in both", async () => {
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

  it.each([
    ["a mark at the beginning", Buffer.from("\ufeffLAPTOP_TEST_FILE=file\r\n")],
    ["UTF-16", Buffer.from("\ufeffLAPTOP_TEST_FILE=file\r\n", "utf16le")],
    ["export, quotes and a comment", Buffer.from('export LAPTOP_TEST_FILE="file" # ours\n')],
  ])("reads a .env with %s", async (_what, bytes) => {
    vi.stubEnv("LAPTOP_TEST_FILE", undefined);
    await writeFile(join(folder, ".env"), bytes);
    readEnvironment(folder);
    expect(process.env["LAPTOP_TEST_FILE"]).toBe("file");
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
});

describe("checkSettings()", () => {
  it.each([
    {},
    { PORT: "8080", BASE_URL: "https://x.tunnel.example" },
    { LOGTO_ENDPOINT: "https://logto.example", LOGTO_APP_ID: "a", LOGTO_APP_SECRET: "b" },
  ])("accepts %o: the rest is provided", (environment: NodeJS.ProcessEnv) => {
    expect(() => checkSettings(environment)).not.toThrow();
  });

  it("names everything that is missing or wrong at once", () => {
    const environment = {
      PORT: "99999",
      BASE_URL: "ftp://nope",
      LOG_LEVEL: "loud",
      LOGTO_ENDPOINT: "https://logto.example",
      LOGTO_APP_ID: "a",
    };
    expect(() => checkSettings(environment)).toThrow(
      /BASE_URL[\s\S]*PORT[\s\S]*LOG_LEVEL[\s\S]*LOGTO_APP_SECRET +is missing/,
    );
  });
});
