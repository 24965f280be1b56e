import type { Page } from "../store/database.ts";
import type Koa from "koa";
import { ManagementError } from "./errors.ts";

const defaultSize = 20;
const largestSize = 100;

export function readPage(ctx: Koa.Context): Page {
  const page = readNumber(ctx.query["page"], 1);
  const size = readNumber(ctx.query["page_size"], defaultSize);
  if (size > largestSize) throw invalidPage();
  return { limit: size, offset: (page - 1) * size };
}

/** Tells whether a request asks for a page. */
export function wantsPage(ctx: Koa.Context): boolean {
  return ctx.query["page"] !== undefined || ctx.query["page_size"] !== undefined;
}

function readNumber(value: string | string[] | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : 0;
  if (number < 1) throw invalidPage();
  return number;
}

const invalidPage = () =>
  new ManagementError(400, "guard.invalid_pagination", "The request pagination value is invalid.");
