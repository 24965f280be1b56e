import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { changeRole, removeMember } from "../../src/memberships/member.ts";
import { type Role, roles } from "../../src/access/roles.ts";
import { actorIn } from "../support/acting.ts";
import type { Organization } from "../support/application.ts";
import { Browser } from "../support/browser.ts";
import { followClaimsOf } from "./claims.ts";
import { type KnownPerson, useLogto } from "./logto-world.ts";

const world = useLogto();
const { application, provider, console: logtoConsole } = world;
beforeAll(() => {
  provider.logto.webhooks.lose();
});
afterEach(() => provider.logto.faults.clear());

type Account = { subject: string; username: string; password: string };

/** Creates an account with a password at Logto. */
async function createAccount(name: string): Promise<Account> {
  const { username, password } = provider.inventAccount(name);
  const answer = await provider.manage("POST", "/users", { name, username, password });
  return { username, password, subject: z.object({ id: z.string() }).parse(answer).id };
}

/** Signs in, in a browser of its own. @returns the first page, and the milliseconds of the last step */
async function signIn({ username, password }: Account) {
  const browser = new Browser();
  const page = await browser.open(`${application.baseUrl}/sign-in?returnTo=/organizations`);
  const began = performance.now();
  const first = await browser.submit(page, { identifier: username, password });
  return { browser, first, milliseconds: performance.now() - began };
}

const follow = (person: KnownPerson, claimed: Record<string, Role | null>) =>
  followClaimsOf(application.database, person, claimed);

const readHere = (organization: Organization, subject: string) =>
  world.readMembers(organization).then((members) => members[subject] ?? null);

describe("a sign-in, with every webhook lost, while a worker runs", () => {
  type Pair = Awaited<ReturnType<typeof world.createPair>>;
  const pairs: Pair[] = [];
  let stop: (timeoutMs: number) => Promise<void>;
  beforeAll(async () => {
    for (let count = 0; count < 3; count += 1) pairs.push(await world.createPair());
    stop = world.startWorker();
  });
  afterAll(() => stop(5_000));
  const takePair = () => {
    const pair = pairs.pop();
    if (!pair) throw new Error("there are no more");
    return pair;
  };

  it("shows a new user the organization that they were added to at Logto", async () => {
    const { organization, logtoId } = takePair();
    const ada = await createAccount("Ada Byron");
    await logtoConsole.addMember(logtoId, ada, "member");
    const { browser, first } = await signIn(ada);
    expect(first).toMatchObject({ status: 200, url: `${application.baseUrl}/organizations` });
    // On a machine that is not busy the first page has it.
    const reload = async () => (await browser.open(first.url)).html;
    await expect.poll(reload).toContain(organization.name);
    expect(await readHere(organization, ada.subject)).toBe("member");
  });

  it("RB10 finds a changed role, and a removal", async () => {
    const { organization, logtoId } = takePair();
    const ada = await createAccount("Ada Byron");
    await logtoConsole.addMember(logtoId, ada, "member");
    await signIn(ada);
    await expect.poll(() => readHere(organization, ada.subject)).toBe("member");
    await logtoConsole.setRole(logtoId, ada, "admin");
    await signIn(ada);
    await expect.poll(() => readHere(organization, ada.subject)).toBe("admin");
    await logtoConsole.removeMember(logtoId, ada);
    await signIn(ada);
    await expect.poll(() => readHere(organization, ada.subject)).toBeNull();
  });

  it("adopts an organization that is not known here", async () => {
    const ada = await createAccount("Ada Byron");
    const logtoId = await logtoConsole.create("Founded there");
    await logtoConsole.addMember(logtoId, ada, "owner");
    const { browser } = await signIn(ada);
    const list = () => browser.open(`${application.baseUrl}/organizations`);
    await expect.poll(async () => (await list()).html).toContain("Founded there");
  });

  it("FA11 ends in time while the Management API is away", async () => {
    const { organization, logtoId } = takePair();
    const ada = await createAccount("Ada Byron");
    await logtoConsole.addMember(logtoId, ada, "member");
    provider.logto.faults.set({ kind: "down", paths: "/api" });
    const { first, milliseconds } = await signIn(ada);
    expect(first).toMatchObject({ status: 200, url: `${application.baseUrl}/organizations` });
    expect(first.html).not.toContain(organization.name);
    expect(milliseconds).toBeLessThan(5_000);
    expect(application.logged()).not.toContain("work after a sign-in failed");
  });
});

describe("claims that are older than a change here", () => {
  const createMember = async (role: Role = "member") => {
    const person = await world.createPerson();
    return { person, ...(await world.createPair({ [role]: person })) };
  };

  it("do not readmit a member who was removed meanwhile", async () => {
    const { person, organization, owner, logtoId } = await createMember();
    const actor = actorIn(owner, organization);
    await removeMember(application.database, actor, { userId: person.id });
    await follow(person, { [logtoId]: "member" });
    await world.settle();
    expect(await readHere(organization, person.subject)).toBeNull();
    expect(await world.readMembersAtLogto(logtoId)).not.toHaveProperty(person.subject);
    // The same holds once Logto has been told.
    await follow(person, { [logtoId]: "owner" });
    await world.settle();
    expect(await readHere(organization, person.subject)).toBeNull();
    expect(await world.countOpen()).toBe(0);
  });

  it("do not undo a role that was changed meanwhile", async () => {
    const { person, organization, owner, logtoId } = await createMember("admin");
    const actor = actorIn(owner, organization);
    await changeRole(application.database, actor, { userId: person.id, role: "viewer" });
    await follow(person, { [logtoId]: "admin" });
    await world.settle();
    expect(await readHere(organization, person.subject)).toBe("viewer");
    expect(await world.readMembersAtLogto(logtoId)).toHaveProperty(person.subject, "viewer");
    expect(await world.readNobodysEvents(organization)).toEqual([]);
  });

  it("do not remove a member who was added meanwhile", async () => {
    const { person, organization, logtoId } = await createMember();
    const late = await world.createPerson();
    await application.addMember(organization, late, "member");
    await follow(late, {});
    await follow(person, { [logtoId]: "member" });
    await world.settle();
    expect(await readHere(organization, late.subject)).toBe("member");
    expect(await world.readMembersAtLogto(logtoId)).toHaveProperty(late.subject, "member");
  });

  it("that agree cause no comparison; without a role they mean a viewer", async () => {
    const person = await world.createPerson();
    const claimed: Record<string, Role | null> = {};
    for (const role of roles) {
      const { logtoId } = await world.createPair({ [role]: person });
      claimed[logtoId] = role;
      if (role !== "viewer") continue;
      await follow(person, claimed);
      claimed[logtoId] = null;
    }
    await follow(person, claimed);
    expect(await world.listJobs()).toEqual([]);
  });
});
