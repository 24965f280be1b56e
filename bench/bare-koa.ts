import Koa from "koa";
import pg from "pg";

import { applicationRole } from "../src/database/database.ts";
import { hashToken } from "../src/http/token.ts";

// The yardstick: Koa and one prepared statement that does all a page's work, with no library between.
const pool = new pg.Pool({
  connectionString: process.env["DATABASE_URL"],
  options: `-c role=${applicationRole}`,
  max: 5,
});
const text = "select * from authenticate($1, interval '8 hours', interval '7 days', $2)";

const app = new Koa();
app.use(async (ctx) => {
  const sessionId = /session-\d+=([\w-]+)/.exec(ctx.get("Cookie"))?.[1] ?? "";
  const values = [hashToken(sessionId), ctx.path.split("/")[2] ?? null];
  const { rows } = await pool.query({ name: "authenticate", text, values });
  ctx.body = rows[0];
});
app.listen(Number(process.env["PORT"]), "127.0.0.1");
