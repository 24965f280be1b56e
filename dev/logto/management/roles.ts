import type { Router } from "@koa/router";
import { listGlobalRoles } from "../applications/roles.ts";
import type { Database } from "../store/database.ts";
import { readPage, writePageHeaders } from "./paging.ts";

/** Roles outside of any organization. There is one: that of machines which may call this very API. */
export function addRoleRoutes(router: Router, sql: Database, origin: string): void {
  router.get("/api/roles", async (ctx) => {
    const page = readPage(ctx);
    const type = typeof ctx.query["type"] === "string" ? ctx.query["type"] : undefined;
    const { total, roles } = await listGlobalRoles(sql, { type, ...page });
    writePageHeaders(ctx, origin, page, total);
    ctx.body = roles.map((role) => ({
      tenantId: "default",
      ...role,
      isDefault: false,
      usersCount: 0,
      featuredUsers: [],
    }));
  });
}
