import { createHash } from "node:crypto";

import type { Client } from "pg";

import type { Actor } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";

/** How many rows there are; `actors`: how many organizations are asked for. */
export type Size = {
  title: string;
  organizations: number;
  users: number;
  membersEach: number;
  actors: number;
};

export const sizes: { small: Size; large: Size } = {
  small: {
    title: "2 thousand memberships",
    organizations: 100,
    users: 1_000,
    membersEach: 20,
    actors: 100,
  },
  large: {
    title: "1 million memberships",
    organizations: 10_000,
    users: 200_000,
    membersEach: 100,
    actors: 256,
  },
};

/** The id of a user's session; `fill` computes the same in SQL. */
const writeSessionId = (userId: string) =>
  createHash("sha256").update(`session-${userId}`).digest("base64url");

/**
 * Fills the application's tables, and copies their rows into the schema `peers`, for the programs that it is compared with.
 * Every user has a session and belongs to several organizations; nobody owns two.
 */
export async function fill(client: Client, size: Size): Promise<void> {
  const { organizations, users, membersEach } = size;
  // Triggers and foreign keys would check each row.
  await client.query("set session_replication_role = replica");
  await client.query(`
    create function pg_temp.id(text) returns uuid language sql immutable as
      $$ select overlay(overlay(md5($1) placing '7' from 13) placing '8' from 17)::uuid $$;
    insert into users (id, issuer, subject, name, email, email_verified, proven_email)
      select pg_temp.id('user' || i), 'https://id.example/oidc', 'subject-' || i, 'User Number ' || i,
             'user' || i || '@example.test', true, 'user' || i || '@example.test'
        from generate_series(0, ${users} - 1) i;
    insert into organizations (id, slug, name)
      select pg_temp.id('organization' || i), 'organization-' || i, 'Organization Number ' || i
        from generate_series(0, ${organizations} - 1) i;
    insert into organization_slugs (organization_id, slug) select id, slug from organizations;
    insert into memberships (organization_id, user_id, role, created_at)
      select pg_temp.id('organization' || o),
             pg_temp.id('user' || (o * ${membersEach} + k + o * ${membersEach} / ${users}) % ${users}),
             (case when k = 0 then 'owner' when k < 3 then 'admin' else 'member' end)::role,
             timestamptz '2026-01-01' + k * interval '1 second'
        from generate_series(0, ${organizations} - 1) o, generate_series(0, ${membersEach} - 1) k;
    update users set last_organization_id = m.organization_id
      from memberships m where m.user_id = users.id and m.role = 'owner';
    create schema peers;
    create table peers.sessions as
      select translate(encode(sha256(convert_to('session-' || id, 'UTF8')), 'base64'), '+/=', '-_') as id,
             id as user_id, json_build_object('userId', id) as data, timestamptz '2099-01-01' as expires_at
        from users;
    insert into sessions (id_hash, user_id) select sha256(convert_to(id, 'UTF8')), user_id from peers.sessions;
    create table peers.users as select id, name, email, last_organization_id from users;
    create table peers.organizations as select id, slug, name from organizations;
    create table peers.memberships as
      select organization_id, user_id, role::text, created_at from memberships;
    create table peers.audit_events (id bigint generated always as identity primary key, organization_id uuid not null,
      actor_id uuid not null, action text not null, details json not null, occurred_at timestamptz not null default now());
    alter table peers.sessions add primary key (id);
    alter table peers.users add primary key (id);
    alter table peers.organizations add primary key (id), add unique (slug);
    alter table peers.memberships add primary key (organization_id, user_id);
    create index on peers.memberships (user_id);
    create index on peers.memberships (organization_id, created_at, user_id);
    create index on peers.audit_events (organization_id, occurred_at);`);
  for (const scenario of scenarios) await client.query(scenario.fill ?? "");
  await client.query("set session_replication_role = origin");
  await client.query("vacuum analyze");
  await client.query("checkpoint");
}

/** The owners of organizations from the whole range. */
export async function readActors(client: Client, size: Size): Promise<Actor[]> {
  const step = Math.floor(size.organizations / size.actors);
  const actors: Actor[] = [];
  for (let number = 0; actors.length < size.actors; number += step) {
    const { rows } = await client.query<Actor["members"][number] & { id: string; title: string }>(
      `select o.id, o.name as title, u.id as "userId", u.name, m.role
         from organizations o join memberships m on m.organization_id = o.id join users u on u.id = m.user_id
        where o.slug = $1 order by m.created_at, m.user_id limit 20`,
      [`organization-${number}`],
    );
    const [owner] = rows;
    if (!owner) throw new Error(`organization-${number} has no members.`);
    actors.push({
      sessionId: writeSessionId(owner.userId),
      organizationId: owner.id,
      organizationName: owner.title,
      slug: `organization-${number}`,
      foreignSlug: `organization-${(number + 1) % size.organizations}`,
      members: rows.map(({ userId, name, role }) => ({ userId, name, role })),
    });
  }
  return actors;
}
