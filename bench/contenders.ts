import Keygrip from "keygrip";

import { nameCookie } from "../src/http/cookie.ts";
import { productName } from "../src/runtime/product.ts";
import type { Scenario } from "./scenario.ts";
import { findScenario } from "./scenarios.ts";

/** A program that is measured. */
export type Contender = {
  name: string;
  /** The parameters of `node`. */
  command: string[];
  /** @param origin its own address */
  environment?(origin: string): Record<string, string>;
  cookie(origin: string, sessionId: string): string;
  schema: "public" | "peers";
  isAudited: boolean;
  /** Chooses the scenario that it is measured with in place of another one; null: it cannot answer that one. */
  takes(scenario: Scenario): Scenario | null;
};

export const sessionSecret = "a secret for nothing but the benchmark";

const signer = new Keygrip([sessionSecret], "sha256");
const sign = (name: string, id: string) =>
  `${name}=${id}; ${name}.sig=${signer.sign(`${name}=${id}`)}`;

export const limit: Contender = {
  name: "the limit",
  command: ["bench/limit.ts"],
  cookie: (_origin, id) => `session=${id}`,
  schema: "peers",
  isAudited: true,
  takes: (scenario) => (scenario.isPage ? findScenario("list") : scenario),
};

const plainKoa: Contender = {
  name: "plain Koa",
  command: ["bench/plain-koa.ts"],
  cookie: (_origin, id) => sign("session", id),
  schema: "peers",
  isAudited: false,
  takes: (scenario) => (scenario.isPage ? null : scenario),
};

/** Started as in production; its log keeps to warnings, since the others have none, and its quotas are off. */
const application: Contender = {
  name: productName,
  command: ["--max-semi-space-size=16", "dist/main.js"],
  environment: (origin) => ({
    BASE_URL: origin,
    LOG_LEVEL: "warn",
    ORGANIZATION_REQUESTS_PER_MINUTE: "0",
    // Nobody signs in, so nobody asks Logto.
    LOGTO_ENDPOINT: "http://127.0.0.1:9",
    LOGTO_APP_ID: "bench",
    LOGTO_APP_SECRET: "bench",
  }),
  cookie: (origin, id) => sign(nameCookie("session", origin), id),
  schema: "public",
  isAudited: true,
  takes: (scenario) => scenario,
};

export const contenders = [limit, plainKoa, application];
