import type Koa from "koa";
import type { Interaction } from "./interactions.ts";

export function redirect(ctx: Koa.Context, location: string, status = 303): void {
  ctx.status = status;
  ctx.redirect(location);
}

/** A page of the sign-in that an application has under way. */
export function pathFor(interaction: Interaction, page: string, query = {}): string {
  return `${page}?${new URLSearchParams({ ...query, app_id: applicationOf(interaction) })}`;
}

export function applicationOf({ params }: Pick<Interaction, "params">): string {
  return textOf(params["client_id"]);
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
