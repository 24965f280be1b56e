import Keygrip from "keygrip";

import { nameCookie } from "../../src/http/cookie.ts";

/**
 * The Cookie header of a browser that holds a session.
 *
 * @param origin where people reach the application
 * @param secret that signs it
 */
export function writeSessionCookie(origin: string, id: string, secret: string): string {
  const name = nameCookie("session", origin);
  const signature = new Keygrip([secret], "sha256").sign(`${name}=${id}`);
  return `${name}=${id}; ${name}.sig=${signature}`;
}
