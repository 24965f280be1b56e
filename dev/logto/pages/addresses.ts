import type Koa from "koa";
import type { Interaction } from "./interactions.ts";

export function redirect(ctx: Koa.Context, location: string, status = 303): void {
  ctx.status = status;
  ctx.redirect(location);
}

/** The sign-in page, with a notice from its list. */
export function signInPath(applicationId: string, notice: string, interaction?: string): string {
  const query = { app_id: applicationId, notice, ...(interaction ? { interaction } : {}) };
  return `/sign-in?${new URLSearchParams(query)}`;
}

export function applicationOf({ params }: Pick<Interaction, "params">): string {
  return textOf(params["client_id"]);
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
