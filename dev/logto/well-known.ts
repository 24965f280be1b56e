import type Koa from "koa";
import { findHuggingFaceConnector, huggingFaceConnector } from "./experience/connectors.ts";
import type { Database } from "./store/database.ts";
import { readSignInExperience } from "./experience/sign-in-experience.ts";

/** Answers with the public settings that Logto's sign-in page reads. */
export function tellSignInExperience(sql: Database): Koa.Middleware {
  return async (ctx, next) => {
    if (ctx.method !== "GET" || ctx.path !== "/api/.well-known/sign-in-exp") {
      await next();
      return;
    }
    const signInExperience = await readSignInExperience(sql);
    const { target } = huggingFaceConnector;
    const connector = await findHuggingFaceConnector(sql);
    const isOffered = signInExperience.socialSignInConnectorTargets.includes(target);
    const shown = { target, name: { en: "Hugging Face" }, platform: "Universal" };
    ctx.body = {
      ...signInExperience,
      socialConnectors: connector && isOffered ? [{ id: connector.id, ...shown }] : [],
    };
  };
}
