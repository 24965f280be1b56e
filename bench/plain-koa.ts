// oxlint-disable oxc/no-async-endpoint-handlers -- Koa awaits its handlers; the rule is about Express.
import Router from "@koa/router";
import Keygrip from "keygrip";
import Koa, { type Context, type Next } from "koa";
import session from "koa-session";
import pg from "pg";
import getRawBody from "raw-body";

// A careful application with the same parts, written by hand: koa-session with a store in PostgreSQL, a query for each question.
// It has no row-level security, no audit log, no limits.
const pool = new pg.Pool({
  connectionString: process.env["DATABASE_URL"],
  max: Number(process.env["DATABASE_POOL_SIZE"]),
});

const store = {
  async get(id: string) {
    const { rows } = await pool.query(
      "select data from peers.sessions where id = $1 and expires_at > now()",
      [id],
    );
    return rows[0]?.data;
  },
  async set(id: string, data: { userId?: string }, maxAge: number | "session" | undefined) {
    await pool.query(
      `insert into peers.sessions (id, user_id, data, expires_at) values ($1, $2, $3, now() + make_interval(secs => $4))
       on conflict (id) do update set data = excluded.data, expires_at = excluded.expires_at`,
      [id, data.userId, data, Number(maxAge) / 1000],
    );
  },
  async destroy(id: string) {
    await pool.query("delete from peers.sessions where id = $1", [id]);
  },
};

const roles = { read: ["owner", "admin", "member", "viewer"], write: ["owner", "admin", "member"] };

async function signedIn(ctx: Context, next: Next) {
  const { rows } = await pool.query(
    "select id, name, email, last_organization_id from peers.users where id = $1",
    [ctx["session"].userId],
  );
  ctx.state["user"] = rows[0] ?? ctx.throw(401);
  await next();
}

const member = (allowed: string[]) => async (ctx: Context, next: Next) => {
  const { rows } = await pool.query(
    `select o.id, o.slug, o.name, m.role
       from peers.organizations o join peers.memberships m on m.organization_id = o.id
      where o.slug = $1 and m.user_id = $2`,
    [ctx["params"].slug, ctx.state["user"].id],
  );
  ctx.state["organization"] = rows[0] ?? ctx.throw(404);
  if (!allowed.includes(rows[0].role)) ctx.throw(403);
  await next();
};

const router = new Router();

router.get("/", signedIn, async (ctx) => {
  const { rows } = await pool.query(
    `select o.slug from peers.organizations o join peers.memberships m on m.organization_id = o.id
      where o.id = $1 and m.user_id = $2`,
    [ctx.state["user"].last_organization_id, ctx.state["user"].id],
  );
  ctx.redirect(rows[0] ? `/o/${rows[0].slug}` : "/organizations");
  ctx.status = 303;
});

router.get("/api/v1/organizations/:slug/members", signedIn, member(roles.read), async (ctx) => {
  const { rows } = await pool.query(
    `select m.user_id as "userId", u.name, u.email, m.role, m.created_at as "joinedAt"
         from peers.memberships m join peers.users u on u.id = m.user_id
        where m.organization_id = $1
        order by m.created_at, m.user_id limit 20`,
    [ctx.state["organization"].id],
  );
  ctx.body = { members: rows };
});

router.post("/o/:slug/projects/:id", signedIn, member(roles.write), async (ctx) => {
  const { rowCount } = await pool.query(
    `update peers.projects set name = $3, status = $4, due_date = nullif($5, '')::date, updated_at = now()
      where organization_id = $1 and id = $2`,
    [
      ctx.state["organization"].id,
      ctx["params"].id,
      ...["name", "status", "dueDate"].map((name) => ctx.state["form"].get(name) ?? ""),
    ],
  );
  if (rowCount === 0) ctx.throw(404);
  ctx.redirect(ctx.path);
  ctx.status = 303;
});

const app = new Koa();
app.keys = new Keygrip([process.env["SESSION_SECRET"] ?? ""], "sha256");
app.use(async (ctx, next) => {
  const isForm = ctx.method === "POST";
  const text = isForm ? await getRawBody(ctx.req, { encoding: "utf8", limit: 10_000 }) : "";
  ctx.state["form"] = new URLSearchParams(text);
  await next();
});
app.use(session({ key: "session", store, maxAge: 7 * 86_400_000, sameSite: "lax" }, app));
app.use(router.routes());
app.listen(Number(process.env["PORT"]), "127.0.0.1");
