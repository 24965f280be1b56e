import Keygrip from "keygrip";

import { nameCookie } from "../../src/http/cookie.ts";
import type { Agent } from "./application.ts";

const everywhere = { domain: "localhost", path: "/", secure: false, script: false };

/** The cookies that a browser sends: the header, and the values by their names. */
export function readCookies({ jar }: Agent): { header: string; values: Map<string, string> } {
  const cookies = jar.getCookies(everywhere);
  return {
    header: cookies.map((each) => each.toValueString()).join("; "),
    values: new Map(cookies.map(({ name, value }) => [name, value])),
  };
}

/** Gives a browser the cookies of a Cookie header. */
export function takeCookies({ jar }: Agent, header: string): void {
  for (const pair of header.split("; ")) jar.setCookie(pair, "localhost", "/");
}

/**
 * Writes the Cookie header of a browser with a session.
 *
 * @param origin the address of the application
 * @param secret signs the cookie
 */
export function writeSessionCookie(origin: string, id: string, secret: string): string {
  const name = nameCookie("session", origin);
  const signature = new Keygrip([secret], "sha256").sign(`${name}=${id}`);
  return `${name}=${id}; ${name}.sig=${signature}`;
}
