import { deflateRawSync, inflateRawSync } from "node:zlib";

import { z } from "zod";

import type { BrowserCookie } from "./cookie.ts";
import { isOpenedByPerson } from "./fetch-metadata.ts";
import type { RouteContext } from "./route.ts";
import { seal, unsealBytes } from "./seal.ts";

/** A form waits this long for the person to sign in. Seconds. */
export const waitingSeconds = 10 * 60;

/** Browsers keep about 4,096 characters of a cookie. A form that needs more does not wait. */
const longest = 3_600;

/** A form that was sent is far shorter (body.ts). It bounds what a few compressed bytes can become. Bytes. */
const longestText = 1024 * 1024;

const purpose = "compressed waiting form";

const waitingForm = z.object({
  /** The address that the form was sent to. Its query names the reader for whom the form was made. */
  path: z.string(),
  search: z.string(),
  /** The page that shows it again. */
  page: z.string(),
  values: z.record(z.string(), z.unknown()),
  until: z.number(),
});

/** A form that could not do its work until the person signs in, with what they typed. */
export type WaitingForm = Omit<z.output<typeof waitingForm>, "until">;

export type WaitingForms = ReturnType<typeof createWaitingForms>;

/**
 * Keeps one form for each browser, in an encrypted cookie: the session may have ended, and then there is no row to keep it in.
 *
 * @param secrets the first one encrypts, all are accepted
 */
export function createWaitingForms(cookie: BrowserCookie, secrets: readonly string[]) {
  return {
    /** @returns whether it fits; passwords, tokens and codes are left out */
    async keep(ctx: RouteContext, form: WaitingForm): Promise<boolean> {
      const values = Object.fromEntries(
        Object.entries(form.values).filter(([name]) => !/password|token|secret|code/i.test(name)),
      );
      const until = Date.now() + waitingSeconds * 1000;
      const text = JSON.stringify({ ...form, values, until });
      const [secret = ""] = secrets;
      const sealed = await seal(deflateRawSync(text), secret, purpose);
      if (sealed.length > longest) return false;
      cookie.write(ctx, sealed);
      return true;
    },

    /** Takes the form that waits for the page that a request asks for. It is shown once. */
    async take(ctx: RouteContext): Promise<WaitingForm | null> {
      if (!isOpenedByPerson(ctx)) return null;
      const sealed = cookie.read(ctx);
      if (sealed === undefined) return null;
      const opened = await Promise.all(secrets.map((each) => unsealBytes(sealed, each, purpose)));
      const bytes = opened.find((each) => each !== null);
      if (!bytes) return null;
      const json = inflateRawSync(bytes, { maxOutputLength: longestText }).toString();
      const { until, ...form } = waitingForm.parse(JSON.parse(json));
      if (form.page !== ctx.path) return null;
      cookie.expire(ctx);
      return until >= Date.now() ? form : null;
    },
  };
}
