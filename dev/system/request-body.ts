import type Koa from "koa";

const limit = 1024 * 1024;

export class BodyTooLargeError extends Error {}

export async function readText(ctx: Koa.Context): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new BodyTooLargeError("the request body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Reads a form, as browsers and OAuth clients send it. */
export async function readForm(ctx: Koa.Context): Promise<URLSearchParams> {
  return new URLSearchParams(await readText(ctx));
}
