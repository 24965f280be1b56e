import { describe, expect, it } from "vitest";

import { disconnect } from "../../src/hugging-face/connection.ts";
import { changeRole, reinstateMember, suspendMember } from "../../src/memberships/member.ts";
import { actorIn } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import { connectHuggingFace, linkHuggingFace, placeAt } from "../support/hugging-face.ts";
import { connectWorld } from "./world.ts";

const application = useApplication();

/** A person who joined by the connection, as a member. */
async function setUp(rules: Parameters<typeof connectWorld>[1] = {}) {
  const world = await connectWorld(application, rules);
  const person = await world.createWorker();
  await world.join(person);
  const actor = actorIn(world.owner, world.organization);
  const { id: userId } = person;
  return {
    ...world,
    person,
    /** The owner does it by hand. */
    byHand: {
      suspend: () => suspendMember(application.database, actor, { userId }),
      reinstate: () => reinstateMember(application.database, actor, { userId }),
      changeRole: (role: "admin" | "member" | "viewer" | "owner") =>
        changeRole(application.database, actor, { userId, role }),
    },
    /** They sign in with Hugging Face, which says this of them. */
    async comeBack(change: Change) {
      await world.work(person, change);
      await world.signIn(person);
      return world.readHistory(person);
    },
  };
}

const member = { role: "member", isSuspended: false, grantedRole: "member" };
const via = "hugging_face";

type Step = "suspend" | "reinstate" | "admin" | "member" | "viewer";
type Change = Parameters<typeof placeAt>[1] | null;

/** Hugging Face says this at the next sign-in (null: they are out), and then the membership is so. */
const says = (change: Change, becomes: typeof member) => ({ change, becomes });

describe("a membership that came from Hugging Face", () => {
  it.each([
    ["they are out", null],
    ["their single sign-on or their second factor is pending", { isActive: false }],
    ["their role there gives no place", { role: "contributor" as const }],
  ])("is suspended if %s, and restored when they are back", async (_case, change) => {
    const { comeBack, readEvents, person } = await setUp({ contributorRole: null });
    expect(await comeBack(change)).toEqual({ ...member, isSuspended: true });
    expect(await comeBack({})).toEqual(member);
    expect((await readEvents(person)).slice(1)).toEqual([
      { action: "member.suspended", actorId: null, details: { via } },
      {
        action: "member.reinstated",
        actorId: null,
        details: { via, organization: "orbital-works" },
      },
    ]);
  });

  it("is suspended if the Hugging Face account is not linked any more", async () => {
    const { person, signIn, readHistory } = await setUp();
    await application.query("delete from identities where user_id = $1", [person.id]);
    await signIn(person);
    expect(await readHistory(person)).toEqual({ ...member, isSuspended: true });
  });

  it("stays as it is, without an event, while nothing changes", async () => {
    const { person, signIn, readHistory, readEvents, comeBack } = await setUp();
    for (const change of [{}, null]) {
      await comeBack(change);
      const before = [await readHistory(person), await readEvents(person)];
      for (let time = 0; time < 3; time += 1) await signIn(person);
      expect([await readHistory(person), await readEvents(person)]).toEqual(before);
    }
  });

  const out = { ...member, isSuspended: true };
  const withRole = (role: string, grantedRole = role) => ({ ...member, role, grantedRole });

  /** Each step is an answer of Hugging Face with what becomes of the member, or an act of an admin. */
  it.each<[string, ...(Step | ReturnType<typeof says>)[]]>([
    ["follows the subject after a renaming", says({ handle: "renamed", name: "Renamed" }, member)],
    [
      "is restored with the present role there",
      says(null, out),
      says({ role: "read" }, withRole("viewer")),
    ],
    [
      "is not restored if an admin suspended it",
      "suspend",
      says({}, out),
      says(null, out),
      says({}, out),
    ],
    [
      "is not restored if an admin restored and suspended it",
      says(null, out),
      "reinstate",
      "suspend",
      says({}, out),
    ],
    [
      "stays if an admin restored it; the next loss suspends again",
      says(null, out),
      "reinstate",
      says(null, member),
      says({}, member),
      says(null, out),
    ],
    [
      "keeps a role that an admin gave",
      "viewer",
      says({ role: "admin" }, withRole("viewer", "member")),
    ],
    [
      "gets no stronger role by a rule after an admin changed it, but can get a weaker one",
      "admin",
      says({ role: "admin" }, withRole("admin", "member")),
      // The role that the connection had given.
      "member",
      says({ role: "admin" }, member),
      says({ role: "read" }, withRole("viewer")),
      says({ role: "admin" }, withRole("viewer")),
    ],
    [
      "stays as it is while Hugging Face tells no role, but not if they are pending or out",
      says({ role: null }, member),
      says({ role: null, isActive: false }, out),
      says({ role: null }, out),
      says({}, member),
      says(null, out),
    ],
  ])("%s", async (_title, ...steps) => {
    const { comeBack, byHand } = await setUp();
    const found: unknown[] = [];
    for (const step of steps) {
      if (typeof step === "object") found.push(await comeBack(step.change));
      else if (step === "suspend" || step === "reinstate") await byHand[step]();
      else await byHand.changeRole(step);
    }
    const expected = steps.flatMap((step) => (typeof step === "object" ? [step.becomes] : []));
    expect(found).toEqual(expected);
  });

  it("follows a changed role, and changed rules", async () => {
    const { comeBack, person, readEvents, subject } = await setUp();
    expect(await comeBack({ role: "admin" })).toMatchObject({
      role: "admin",
      grantedRole: "admin",
    });
    await application.query(
      "update hugging_face_connections set admin_role = 'viewer' where subject = $1",
      [subject],
    );
    expect(await comeBack({ role: "admin" })).toMatchObject({ role: "viewer" });
    const details = { via, organization: "orbital-works" };
    expect((await readEvents(person)).slice(1)).toEqual([
      {
        action: "member.role_changed",
        actorId: null,
        details: { from: "member", to: "admin", ...details },
      },
      {
        action: "member.role_changed",
        actorId: null,
        details: { from: "admin", to: "viewer", ...details },
      },
    ]);
  });

  it("stays suspended if an admin suspends it while the loss suspends it", async () => {
    const { comeBack, byHand, person, readEvents } = await setUp();
    await comeBack(null);
    await byHand.suspend();
    const [last] = (await readEvents(person)).slice(-1);
    expect(last).toMatchObject({ action: "member.suspended", details: {} });
    expect(await comeBack({})).toEqual({ ...member, isSuspended: true });
    await byHand.reinstate();
    expect(await comeBack({})).toEqual(member);
  });

  it("does not change after they became an owner", async () => {
    const { comeBack, byHand, person, readEvents } = await setUp();
    await byHand.changeRole("owner");
    const before = await readEvents(person);
    const owner = { role: "owner", isSuspended: false, grantedRole: "member" };
    for (const change of [null, { role: "read" as const }, { isActive: false }]) {
      expect(await comeBack(change)).toEqual(owner);
    }
    expect(await readEvents(person)).toEqual(before);
  });

  it("follows another connected organization of their work, if they could join by it", async () => {
    for (const [mode, isSuspended] of [
      ["offer", false],
      ["request", true],
    ] as const) {
      const { organization, person, signIn, readHistory } = await setUp();
      const other = await connectHuggingFace(application, organization, { mode });
      await linkHuggingFace(application, person, [placeAt(other, { role: "read" })]);
      await signIn(person);
      const role = isSuspended ? "member" : "viewer";
      expect(await readHistory(person)).toEqual({ role, isSuspended, grantedRole: role });
    }
  });

  it("stays as it is after the connection ended", async () => {
    const { comeBack, owner, organization, subject } = await setUp();
    const actor = actorIn(owner, organization);
    await disconnect(application.database, actor, { subject });
    expect(await comeBack(null)).toEqual({ ...member, grantedRole: null });
  });
});

describe("a membership that came in another way", () => {
  it("changes neither by a loss nor by a stronger role", async () => {
    const { organization, createWorker, join, work, signIn, readHistory, readEvents } =
      await connectWorld(application, { mode: "automatic" });
    const person = await createWorker();
    await application.addMember(organization, person, "viewer");
    const own = { role: "viewer", isSuspended: false, grantedRole: null };
    expect(await join(person)).toMatchObject({ outcome: "joined" });
    await signIn(person);
    expect(await readHistory(person)).toEqual(own);
    await work(person, null);
    await signIn(person);
    expect(await readHistory(person)).toEqual(own);
    expect(await readEvents(person)).toEqual([]);
  });
});

describe("an automatic connection", () => {
  it("makes people members at their sign-in, by an event without an actor", async () => {
    const { createWorker, signIn, readHistory, readEvents } = await connectWorld(application, {
      mode: "automatic",
    });
    const person = await createWorker({ role: "admin" });
    const email = `${person.id}@mail.example`;
    await application.query("update users set email = $2, email_verified = true where id = $1", [
      person.id,
      email,
    ]);
    await signIn(person);
    await signIn(person);
    const mails = (await application.deliverMail()).filter(({ to }) => to === email);
    expect(mails.map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^You have joined /),
    ]);
    expect(await readHistory(person)).toMatchObject({ role: "admin", grantedRole: "admin" });
    expect(await readEvents(person)).toEqual([
      {
        action: "member.joined",
        actorId: null,
        details: { role: "admin", via, organization: "orbital-works" },
      },
    ]);
  });

  it.each(["offer", "request"] as const)("is none of the mode %s", async (mode) => {
    const { createWorker, signIn, readHistory } = await connectWorld(application, { mode });
    const person = await createWorker();
    await signIn(person);
    expect(await readHistory(person)).toBeUndefined();
  });

  it("makes a person a member everywhere but without a free seat, or in a deleted organization", async () => {
    const worlds = await Promise.all(
      [1, 2, 3].map(() => connectWorld(application, { mode: "automatic" })),
    );
    const [full, deleted, open] = worlds;
    await application.query("update organizations set seat_limit = 1 where id = $1", [
      full?.organization.id,
    ]);
    await application.query("update organizations set deleted_at = now() where id = $1", [
      deleted?.organization.id,
    ]);
    const person = await application.createPerson();
    const places = worlds.map(({ subject }) => placeAt(subject));
    await linkHuggingFace(application, person, places);
    await open?.signIn(person);
    const standings = await Promise.all(worlds.map((world) => world.readHistory(person)));
    expect(standings).toEqual([undefined, undefined, member]);
  });
});
