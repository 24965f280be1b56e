import Keygrip from "keygrip";

import { nameCookie } from "../../src/http/cookie.ts";

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
