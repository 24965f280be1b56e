import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";

import { authenticate } from "../../src/sessions/sessions.ts";
import { type Organization, type Person, useApplication } from "../support/application.ts";
import { suspend } from "../support/world.ts";

const application = useApplication();
let acme: Organization;
let owner: Person;
let stranger: Person;
let suspended: Person;

beforeAll(async () => {
  [owner, stranger, suspended] = await Promise.all([
    application.createPerson(),
    application.createPerson(),
    application.createPerson(),
  ]);
  acme = await application.createOrganization(owner);
  // Both belong to another organization, too.
  await application.createOrganization(owner);
  await application.createOrganization(stranger);
  await application.addMember(acme, suspended, "owner");
  await suspend(application, suspended);
});

/** A statement that forgot its filter: what it sees shows the scope. */
const everything = {
  name: "",
  text: `select id, 'organization' as kind from organizations
         union all select organization_id, 'membership' from memberships`,
  values: [],
};

/** The organizations whose rows a statement sees behind the authentication of a session; the application reads the same rows. */
async function readAs(sessionId: string, organizationSlug: string | null, read = everything) {
  const { database, config } = application;
  const request = { organizationSlug, forPage: false, read };
  const [, rows = []] = await database.queryTogether([
    authentication(sessionId, organizationSlug),
    read,
  ]);
  const answer = await authenticate(database, sessionId, config.sessions, request);
  expect(answer?.rows ?? []).toEqual(answer ? rows : []);
  return idsOf(rows);
}

const idsOf = (rows: object[]) => [...new Set((rows as { id: string }[]).map(({ id }) => id))];

function authentication(sessionId: string, organizationSlug: string | null) {
  const { idleSeconds, absoluteSeconds } = application.config.sessions;
  return {
    name: "",
    text: "select * from authenticate_session(sha256($1::bytea), $2, $3, $4, false, true)",
    values: [Buffer.from(sessionId), idleSeconds, absoluteSeconds, organizationSlug],
  };
}

const sessionOf = async (person: Person) => (await application.createSessionCookie(person)).id;

/** The organizations whose rows a statement sees behind the authentication of a token. */
async function readByToken(person: Person, { id, slug }: Organization): Promise<string[]> {
  const twin = randomUUID().slice(0, 12);
  await application.query(
    "update logto_organizations set logto_id = $2 where organization_id = $1",
    [id, twin],
  );
  const [user] = await application.query<{ issuer: string; subject: string }>(
    "select issuer, subject from users where id = $1",
    [person.id],
  );
  const [found = [], rows = []] = await application.database.queryTogether([
    {
      name: "",
      text: "select * from authenticate_token($1, $2, $3, $4)",
      values: [user?.issuer, user?.subject, twin, slug],
    },
    everything,
  ]);
  expect(found).toHaveLength(1);
  return idsOf(rows);
}

describe("the statement that a route reads with", () => {
  it("TI09 shows the rows of the one organization that the URL names, even if it forgot its filter", async () => {
    expect(await readAs(await sessionOf(owner), acme.slug)).toEqual([acme.id]);
    expect(await readByToken(owner, acme)).toEqual([acme.id]);
  });

  it("TI06 RB01 shows nothing to a suspended member, to a stranger, and to a visitor", async () => {
    expect(await readAs(await sessionOf(suspended), acme.slug)).toEqual([]);
    expect(await readAs(await sessionOf(stranger), acme.slug)).toEqual([]);
    expect(await readAs("no-such-session", acme.slug)).toEqual([]);
    expect(await readAs("no-such-session", null)).toEqual([]);
  });

  it("TI06 shows nothing to a token without an active membership", async () => {
    expect(await readByToken(stranger, acme)).toEqual([]);
    expect(await readByToken(suspended, acme)).toEqual([]);
  });

  it("TI09 shows only what the person may see where the URL names no organization", async () => {
    const seen = await readAs(await sessionOf(suspended), null);
    expect(seen).toEqual([acme.id]);
    const own = await application.query<{ id: string }>(
      "select organization_id as id from memberships where user_id = $1",
      [owner.id],
    );
    const ofOwner = await readAs(await sessionOf(owner), null);
    expect(ofOwner.toSorted()).toEqual(own.map(({ id }) => id).toSorted());
  });

  it("TI11 cannot write", async () => {
    const write = {
      ...everything,
      text: "update projects set name = name returning organization_id as id",
    };
    const session = await sessionOf(owner);
    for (const slug of [acme.slug, null]) {
      await expect(readAs(session, slug, write)).rejects.toMatchObject({ code: "25006" });
    }
  });
});
