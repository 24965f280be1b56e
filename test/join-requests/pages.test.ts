import { describe, expect, it } from "vitest";

import { type Agent, useApplication } from "../support/application.ts";
import { giveAddress, linkHuggingFace } from "../support/addresses.ts";
import { arrive, assembleColleagues } from "../support/colleagues.ts";
import { askToJoin } from "../support/join-requests.ts";
import { findForms } from "../support/page-forms.ts";
import { limitSeats, markDeleted, readEvents, readRole } from "../support/world.ts";

const application = useApplication();

async function assemble() {
  const world = await assembleColleagues(application, { name: "Acme Robotics" });
  const path = `/o/${world.organization.slug}/join-requests`;
  return { ...world, ...world.people, path };
}

const post = (agent: Agent, path: string) => agent.post(path).type("form").send({});

const readRequest = async (id: string) => {
  const [request] = await application.query<{ status: string; decider_id: string | null }>(
    "select status, decider_id from join_requests where id = $1",
    [id],
  );
  return request;
};

/** Presses a button of a page, as a browser does without any script. */
async function press(agent: Agent, path: string, end: string) {
  const { text } = await agent.get(path);
  const form = findForms({ html: text, url: application.baseUrl }).find(({ action }) =>
    new URL(action).pathname.endsWith(end),
  );
  if (!form) throw new Error(`No form on ${path} leads to …${end}.`);
  const { pathname, search } = new URL(form.action);
  return post(agent, pathname + search);
}

const listNames = (html: string) =>
  [...html.matchAll(/<span class="break-name font-semibold">([^<]+)</g)].map(([, name]) => name);

const nextPage = (html: string) => /href="([^"]+)"[^>]*>\s*Next page/.exec(html)?.[1];

describe("GET /o/:slug/join-requests", () => {
  it("shows the name, the accounts, the reason and the role of each request", async () => {
    const { organization, admin, path } = await assemble();
    const grace = await application.createPerson("Grace Hopper");
    await giveAddress(application, grace, { email: "grace@acme.example" });
    await linkHuggingFace(application, grace, { handle: "amazing-grace", email: "g@hf.example" });
    await askToJoin(application, organization, grace, "the side entrance");
    const { status, text } = await admin.agent.get(path);
    expect(status).toBe(200);
    expect(listNames(text)).toEqual(["Grace Hopper"]);
    for (const words of [
      "grace@acme.example (verified)",
      "g@hf.example (not verified)",
      "@amazing-grace at Hugging Face",
      "came by the side entrance",
      ">Member</span>",
      "asked <time",
    ]) {
      expect(text).toContain(words);
    }
    expect(text).toMatch(/aria-current="page">Requests</);
  });

  it("says that there are no requests", async () => {
    const { admin, path } = await assemble();
    const { text } = await admin.agent.get(path);
    expect(text).toContain("No pending requests");
    expect(
      findForms({ html: text, url: application.baseUrl }).map(({ action }) => action),
    ).not.toContain(expect.stringContaining("join-requests"));
  });

  it("leaves out deleted accounts, members, and decided requests", async () => {
    const { organization, admin, member, path } = await assemble();
    const [deleted, refused, waiting] = [
      await application.createPerson("Deleted"),
      await application.createPerson("Refused"),
      await application.createPerson("Waiting"),
    ];
    for (const person of [deleted, member.person, waiting]) {
      await askToJoin(application, organization, person);
    }
    const id = await askToJoin(application, organization, refused);
    await application.query("update users set deleted_at = now() where id = $1", [deleted.id]);
    await post(admin.agent, `${path}/${id}/refusal`);
    expect(listNames((await admin.agent.get(path)).text)).toEqual(["Waiting"]);
  });

  it("says that the reason is gone, and offers only the refusal", async () => {
    const { organization, admin, path } = await assemble();
    const person = await application.createPerson();
    const id = await askToJoin(application, organization, person, "gone");
    const strange = await askToJoin(application, organization, await application.createPerson());
    await application.query("update join_requests set origin = 'unheard-of' where id = $1", [
      strange,
    ]);
    const { text } = await admin.agent.get(path);
    expect(text.match(/This request is no longer valid/g)).toHaveLength(2);
    expect(text).not.toContain("/approval");
    expect(text.match(/\/refusal\?/g)).toHaveLength(2);
    for (const each of [id, strange]) {
      const answer = await post(admin.agent, `${path}/${each}/approval`);
      expect(answer.status).toBe(409);
      expect(answer.text).toContain("This request can no longer be approved");
    }
    expect(await readRole(application, organization, person)).toBeNull();
    expect((await readRequest(id))?.status).toBe("pending");
  });

  it("has pages of twenty, the oldest first, also while others are decided", async () => {
    const { organization, admin, path } = await assemble();
    const names = Array.from({ length: 43 }, (_none, index) => `Asker ${index}`);
    const ids: string[] = [];
    for (const name of names) {
      ids.push(await askToJoin(application, organization, await application.createPerson(name)));
    }
    const seen: (string | undefined)[] = [];
    const sizes: number[] = [];
    for (let page: string | undefined = path; page !== undefined;) {
      const { text } = await admin.agent.get(page);
      sizes.push(listNames(text).length);
      seen.push(...listNames(text));
      page = nextPage(text);
      // The one that the next page is counted from.
      await post(admin.agent, `${path}/${ids[seen.length - 1]}/refusal`);
    }
    expect(sizes).toEqual([20, 20, 3]);
    expect(seen).toEqual(names);
    const beyond = await admin.agent.get(`${path}?after=${ids.at(-1)}`);
    expect(beyond.text).toContain("No more requests");
    expect(beyond.text).toContain("First page");
  });

  it("TI05 shows no request to another organization, also with its id as the page token", async () => {
    const { organization, foreign, admin, path } = await assemble();
    await askToJoin(application, organization, await application.createPerson("Ours"));
    const theirs = await askToJoin(application, foreign, await application.createPerson("Theirs"));
    await askToJoin(application, foreign, await application.createPerson("Theirs, too"));
    for (const query of ["", `?after=${theirs}`]) {
      expect((await admin.agent.get(path + query)).text).not.toContain("Theirs");
    }
  });
});

describe("POST /o/:slug/join-requests/:requestId/approval", () => {
  it("makes the person a member, with a notice, one event and a mail", async () => {
    const { organization, admin, path } = await assemble();
    const grace = await application.createPerson("Grace Hopper");
    const address = await giveAddress(application, grace);
    const id = await askToJoin(application, organization, grace);
    const answer = await press(admin.agent, path, `${id}/approval`);
    expect(answer.status).toBe(303);
    const page = await admin.agent.get(answer.headers["location"] ?? "");
    expect(page.text).toContain("Grace Hopper has joined.");
    expect(await readRole(application, organization, grace)).toBe("member");
    expect(await readRequest(id)).toEqual({ status: "approved", decider_id: admin.person.id });
    expect(await readEvents(application, organization)).toEqual([
      {
        action: "member.joined",
        actorId: admin.person.id,
        targetId: grace.id,
        details: { role: "member", via: "test" },
      },
    ]);
    const mails = await application.deliverMail();
    expect(mails.map(({ to, subject }) => [to, subject])).toEqual([
      [address, "You have joined Acme Robotics"],
    ]);
  });

  it("lets one of two decisions at once count", async () => {
    const { organization, admin, owner, path } = await assemble();
    for (let round = 0; round < 10; round += 1) {
      const person = await application.createPerson();
      const id = await askToJoin(application, organization, person);
      const answers = await Promise.all([
        post(admin.agent, `${path}/${id}/approval`),
        post(owner.agent, `${path}/${id}/refusal`),
      ]);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303, 409]));
      const isIn = (await readRole(application, organization, person)) !== null;
      expect((await readRequest(id))?.status).toBe(isIn ? "approved" : "refused");
    }
    expect(await readEvents(application, organization)).toHaveLength(10);
  });

  it("refuses without a free seat, and keeps the request", async () => {
    const { organization, admin, path } = await assemble();
    const id = await askToJoin(application, organization, await application.createPerson());
    await limitSeats(application, organization, 4);
    const answer = await post(admin.agent, `${path}/${id}/approval`);
    expect(answer.status).toBe(409);
    expect(answer.text).toContain("There is no seat left");
    expect((await readRequest(id))?.status).toBe("pending");
  });
});

describe("POST /o/:slug/join-requests/:requestId/refusal", () => {
  it("refuses the person, with a notice and one event, and without a mail", async () => {
    const { organization, admin, path } = await assemble();
    const grace = await application.createPerson();
    await giveAddress(application, grace);
    const id = await askToJoin(application, organization, grace);
    const answer = await press(admin.agent, path, `${id}/refusal`);
    const page = await admin.agent.get(answer.headers["location"] ?? "");
    expect(page.text).toContain(`You refused the request of ${grace.name}.`);
    expect(await readRole(application, organization, grace)).toBeNull();
    expect(await readRequest(id)).toEqual({ status: "refused", decider_id: admin.person.id });
    expect(await readEvents(application, organization)).toMatchObject([
      { action: "join_request.refused", actorId: admin.person.id, targetId: grace.id },
    ]);
    expect(await application.deliverMail()).toEqual([]);
    // And again: it has been answered.
    expect((await post(admin.agent, `${path}/${id}/refusal`)).status).toBe(409);
  });
});

describe("a person who asked", () => {
  it("sees the request on their list, and can withdraw it", async () => {
    const { organization } = await assemble();
    const { person, agent } = await arrive(application);
    const id = await askToJoin(application, organization, person);
    const { text } = await agent.get("/organizations");
    expect(text).toContain("Acme Robotics");
    expect(text).toContain("You asked to join. An admin will decide.");
    const answer = await press(agent, "/organizations", `${id}/withdrawal`);
    expect(answer.headers["location"]).toBe("/organizations");
    const after = await agent.get(answer.headers["location"] ?? "");
    expect(after.text).toContain("You canceled your request to join.");
    expect(after.text).not.toContain("Acme Robotics");
    expect(await readRequest(id)).toEqual({ status: "withdrawn", decider_id: null });
    expect(await readEvents(application, organization)).toMatchObject([
      { action: "join_request.withdrawn", actorId: person.id, targetId: person.id },
    ]);
  });

  it("does not see it after they became a member, or the organization was deleted", async () => {
    const { organization, foreign } = await assemble();
    const { person, agent } = await arrive(application);
    await askToJoin(application, organization, person);
    await askToJoin(application, foreign, person);
    await application.addMember(organization, person, "viewer");
    await markDeleted(application, foreign);
    expect((await agent.get("/organizations")).text).not.toContain("You asked to join");
  });

  it("TI02 gets the same 404 for another person's request, pending, decided or unknown", async () => {
    const { organization, admin, path } = await assemble();
    const other = await arrive(application);
    const waiting = await askToJoin(application, organization, await application.createPerson());
    const decided = await askToJoin(application, organization, await application.createPerson());
    await post(admin.agent, `${path}/${decided}/refusal`);
    const account = `account=${other.person.id}`;
    const ask = async (id: string, place = organization.id) => {
      const { status, text, headers } = await post(
        other.agent,
        `/organizations/${place}/join-requests/${id}/withdrawal?${account}`,
      );
      return { status, text: text.replaceAll(headers["x-request-id"] ?? "-", "") };
    };
    const missing = await ask("0191d2c0-0000-7000-8000-000000000000");
    expect(missing.status).toBe(404);
    expect(await ask(waiting)).toEqual(missing);
    expect(await ask(decided)).toEqual(missing);
    expect(await ask(waiting, "0191d2c0-0000-7000-8000-000000000000")).toEqual(missing);
    expect((await readRequest(waiting))?.status).toBe("pending");
  });
});
