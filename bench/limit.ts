import Koa from "koa";
import postgres from "postgres";
import getRawBody from "raw-body";

// The limit: bare Koa, and one prepared statement that checks who asks and does all the rest, JSON and audit event included.
const sql = postgres(process.env["DATABASE_URL"] ?? "", {
  max: Number(process.env["DATABASE_POOL_SIZE"]),
});

/** No row: there is no session. No role: the organization is not theirs. */
const asker = `asker as materialized (
  select s.user_id, o.id, m.role
    from peers.sessions s
    left join peers.organizations o on o.slug = $2
    left join peers.memberships m on m.organization_id = o.id and m.user_id = s.user_id
   where s.id = $1 and s.expires_at > now())`;

const list = `with ${asker}
  select asker.role, (
    select json_build_object('members', coalesce(json_agg(l), '[]'))::text
      from (select m.user_id as "userId", u.name, u.email, m.role, m.created_at as "joinedAt"
              from peers.memberships m join peers.users u on u.id = m.user_id
             where m.organization_id = asker.id and asker.role is not null
             order by m.created_at, m.user_id limit 20) l) as answer
    from asker`;

const last = `
  select o.slug
    from peers.sessions s
    join peers.users u on u.id = s.user_id
    join peers.organizations o on o.id = u.last_organization_id
    join peers.memberships m on m.organization_id = o.id and m.user_id = u.id
   where s.id = $1 and s.expires_at > now()`;

const change = `with ${asker}, changed as (
    update peers.projects p
       set name = $4, status = $5, due_date = nullif($6, '')::date, updated_at = now()
      from asker
     where p.organization_id = asker.id and p.id = $3 and asker.role in ('owner', 'admin', 'member')
    returning p.organization_id, p.name, asker.user_id),
  recorded as (
    insert into peers.audit_events (organization_id, actor_id, action, details)
    select organization_id, user_id, 'project.changed', json_build_object('name', name) from changed)
  select asker.role, changed.name from asker left join changed on true`;

const listPath = /^\/api\/v1\/organizations\/([^/]+)\/members$/;
const projectPath = /^\/o\/([^/]+)\/projects\/([^/]+)$/;

const app = new Koa();
app.use(async (ctx) => {
  const [, sessionId = ""] = /(?:^|; )session=([\w-]+)/.exec(ctx.get("cookie")) ?? [];
  const ask = async (text: string, ...values: string[]) => {
    const [row] = await sql.unsafe(text, [sessionId, ...values], { prepare: true });
    return row ?? ctx.throw(401);
  };
  const [, slug] = listPath.exec(ctx.path) ?? [];
  if (slug !== undefined) {
    const { role, answer } = await ask(list, slug);
    if (role === null) ctx.throw(404);
    ctx.type = "json";
    ctx.body = answer;
    return;
  }
  const [, home, project] = projectPath.exec(ctx.path) ?? [];
  if (home !== undefined && project !== undefined) {
    const form = new URLSearchParams(
      await getRawBody(ctx.req, { encoding: "utf8", limit: 10_000 }),
    );
    const fields = ["name", "status", "dueDate"].map((name) => form.get(name) ?? "");
    const { role, name } = await ask(change, home, project, ...fields);
    if (name === null) ctx.throw(role === null ? 404 : 403);
    ctx.redirect(ctx.path);
  } else {
    ctx.redirect(`/o/${(await ask(last))["slug"]}`);
  }
  ctx.status = 303;
});
app.listen(Number(process.env["PORT"]), "127.0.0.1");
