import type { Router, RouterContext } from "@koa/router";
import { z } from "zod";
import type { Database, Page, Queryable } from "../store/database.ts";
import type { Change, defineLinks, Table } from "../store/table.ts";
import { emptyChange, type ManagementError, notFound } from "./errors.ts";
import { idList, readInput } from "./input.ts";
import { readPage, wantsPage } from "./paging.ts";

// Resources as data: the routes that lists, single things and links between things have in common.

export type Api = { router: Router; sql: Database };

export const param = (ctx: RouterContext, name: string): string => ctx.params[name] ?? "";

export function textOf(ctx: RouterContext, name: string): string | undefined {
  const value = ctx.query[name];
  return typeof value === "string" ? value : undefined;
}

export function orThrow<Row>(row: Row | undefined, missing: ManagementError): Row {
  if (row === undefined) throw missing;
  return row;
}

/** Reads new values, of which at least one must be given. */
export async function readChange<Schema extends z.ZodType<object>>(
  ctx: RouterContext,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const change = await readInput(ctx, schema);
  if (Object.values(change).every((value) => value === undefined)) throw emptyChange();
  return change;
}

/** GET of a list, without the header `Link`, which no caller reads. Some lists of Logto have pages always, some only for those who ask. */
export function addList<Row>(
  { router }: Api,
  list: {
    path: string;
    paged: "always" | "on request";
    find(page: Page | undefined, ctx: RouterContext): Promise<{ total: number; rows: Row[] }>;
    present(row: Row): object;
  },
): void {
  router.get(list.path, async (ctx) => {
    const page = list.paged === "always" || wantsPage(ctx) ? readPage(ctx) : undefined;
    const { total, rows } = await list.find(page, ctx);
    if (page) ctx.set("Total-Number", String(total));
    ctx.body = rows.map((row) => list.present(row));
  });
}

/** GET, PATCH and DELETE of one thing by its id. */
export function addItem<Row extends { id: string }>(
  { router, sql }: Api,
  item: {
    path: string;
    table: Pick<Table<Row>, "find" | "update" | "delete">;
    changeSchema: z.ZodType<Change<Row>>;
    present(row: Row): object;
    /** The answer of GET, where it differs. */
    presentFound?: (row: Row) => object;
    /** Answers GET of an unknown one. */
    missing?: (id: string) => ManagementError;
    /** Answers PATCH of an unknown one. */
    missingAtChange?: (id: string) => ManagementError;
  },
): void {
  const { table, present, presentFound = present } = item;
  const { missing = notFound, missingAtChange = notFound } = item;
  const path = `${item.path}/:id`;

  router.get(path, async (ctx) => {
    const id = param(ctx, "id");
    ctx.body = presentFound(orThrow(await table.find(sql, id), missing(id)));
  });

  router.patch(path, async (ctx) => {
    const id = param(ctx, "id");
    const change = await readChange(ctx, item.changeSchema);
    ctx.body = present(orThrow(await table.update(sql, id, change), missingAtChange(id)));
  });

  router.delete(path, async (ctx) => {
    if (!(await table.delete(sql, param(ctx, "id")))) throw notFound();
    ctx.status = 204;
  });
}

/** GET and PUT of the list of things that belong to the thing `:id`. */
export function addLinks<Row>(
  { router, sql }: Api,
  {
    path,
    links,
    ...list
  }: {
    path: string;
    links: ReturnType<typeof defineLinks>;
    /** The list of ids in a body. */
    key: string;
    find(sql: Queryable, id: string): Promise<Row[]>;
    present(row: Row): object;
  },
): void {
  const schema = z.object({ [list.key]: idList });

  router.get(path, async (ctx) => {
    ctx.body = (await list.find(sql, param(ctx, "id"))).map((row) => list.present(row));
  });

  router.put(path, async (ctx) => {
    const { [list.key]: ids = [] } = await readInput(ctx, schema);
    await sql.begin((transaction) => links.replace(transaction, [param(ctx, "id")], ids));
    ctx.status = 204;
  });
}
