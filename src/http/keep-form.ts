import { readBody } from "./body.ts";
import { AppError } from "./errors.ts";
import { fieldsOf, readAddress } from "./read-address.ts";
import type { Reply } from "./reply.ts";
import type { Authorize, Route, RouteContext } from "./route.ts";
import type { WaitingForm, WaitingForms } from "./waiting-forms.ts";

/** Keeps forms until their person comes back. */
export type Waiting<Actors> = {
  forms: WaitingForms;
  /** Whether the query of a form's address names the reader for whom it was made. */
  namesReader(search: string): boolean;
  /** The actor with a sentence about their form that waited; null if it was made for another reader. */
  welcomeBack(actor: Actors[keyof Actors], search: string): Actors[keyof Actors] | null;
};

/** Keeps a form whose person has to do something first, such as sign in. @throws the error, always */
export async function keepForm<Actors>(
  ctx: RouteContext,
  { invalid, file, bodyFormat = "form" }: Route<Actors>,
  waiting: Waiting<Actors> | undefined,
  error: unknown,
  values?: Readonly<Record<string, unknown>>,
): Promise<never> {
  const page = error instanceof AppError ? error.options.waitsAt : undefined;
  // No cookie could keep a file.
  if (page !== undefined && file) ctx.state.losesFile = true;
  else if (waiting && page !== undefined && invalid && bodyFormat === "form") {
    const { path, search } = ctx;
    const typed = values ?? (await readBody(ctx, "form").then(fieldsOf, () => null));
    ctx.state.formWaits =
      typed !== null &&
      waiting.namesReader(search) &&
      (await waiting.forms.keep(ctx, { path, search, page, values: typed }));
  }
  throw error;
}

/** Shows a form that has waited, on the page that the person came back to. @returns null if it is not theirs any more */
export async function showWaiting<Actors>(
  ctx: RouteContext,
  { search, values }: WaitingForm,
  found: { route: Route<Actors>; params: Record<string, string> } | undefined,
  authorize: Authorize<Actors>,
  waiting: Waiting<Actors> | undefined,
): Promise<Reply | null> {
  if (!waiting || !found?.route.invalid) return null;
  const { route, params: sent } = found;
  const address = readAddress(ctx, route, { params: sent, querystring: search.slice(1) }, false);
  if ("refuse" in address) return null;
  try {
    const read = route.read?.(address) ?? null;
    const { actor, rows } = await authorize(ctx, route, sent, read);
    const reader = waiting.welcomeBack(actor, search);
    if (reader === null) return null;
    const input = { ...address, actor: reader, rows, values, issues: [] };
    return { ...(await found.route.invalid(input, ctx)), status: 200 };
  } catch (error) {
    if (error instanceof AppError && error.status < 500) return null;
    throw error;
  }
}
