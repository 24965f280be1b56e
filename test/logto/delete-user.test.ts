import { describe, expect, it } from "vitest";

import { readUser } from "../../src/logto/client/users.ts";
import { createLeaver, sendDeletion, tryDeletion } from "../account/deletion-world.ts";
import { Browser } from "../support/browser.ts";
import { bodyOf, useWebhooks } from "./webhook-world.ts";

const world = useWebhooks();
const { application, provider } = world;

const makeDue = () => application.query("update graphile_worker._private_jobs set run_at = now()");
const isAtLogto = async ({ subject }: { subject: string }) =>
  (await readUser(world.api, subject)) !== null;

describe("deleting one's account", () => {
  it("PR01 deletes it at Logto as well, and Logto's webhook about it changes nothing", async () => {
    const person = await world.createKnown({ name: "Leaver" });
    const agent = await application.signInAs(person, { authenticationAge: 5 });
    expect((await agent.get("/account/deletion")).text).toContain("is deleted as well");
    const answer = await sendDeletion(agent, person);
    expect([answer.status, answer.headers["location"]]).toEqual([303, "/?notice=account_deleted"]);
    expect(await isAtLogto(person)).toBe(true);
    await application.deliverMail();
    expect(await isAtLogto(person)).toBe(false);
    const before = await world.readUser(person.id);
    const echo = bodyOf("DELETE /users/{id} who is a member of an organization (User.Deleted)", {
      params: { userId: person.subject },
    });
    expect(await world.deliver(echo)).toBe("ignored");
    expect(await world.readUser(person.id)).toEqual(before);
  });

  it("PR01 deletes nothing at Logto if the deletion is refused here", async () => {
    const person = await world.createKnown();
    await application.createOrganization(person);
    expect(await tryDeletion(application, person)).toBe("account.last_owner");
    expect(await world.listJobs("logto.delete_user")).toEqual([]);
    await application.deliverMail();
    expect(await isAtLogto(person)).toBe(true);
  });

  it("touches no user of another issuer, and none with an account here", async () => {
    const foreign = await world.createKnown();
    await application.query("update users set issuer = 'https://x.example' where id = $1", [
      foreign.id,
    ]);
    expect(await tryDeletion(application, foreign)).toBe("done");
    const present = await world.createKnown();
    await application.query(
      "select graphile_worker.add_job('logto.delete_user', json_build_object('userId', $1::text))",
      [present.id],
    );
    await application.deliverMail();
    expect([await isAtLogto(foreign), await isAtLogto(present)]).toEqual([true, true]);

    // One who is gone at Logto already is done with.
    const gone = await world.createKnown();
    expect(await tryDeletion(application, gone)).toBe("done");
    await world.deleteAtLogto(gone.subject);
    await application.deliverMail();
    expect(await world.listJobs("logto.delete_user")).toEqual([]);
  });

  it("PR02 lets the same person sign up again, as a new user", async () => {
    const account = await provider.createAccount("Returning");
    const { username: identifier, password, name } = account;
    const browser = new Browser();
    const page = await browser.open(`${application.baseUrl}/sign-in?returnTo=/account`);
    expect((await browser.submit(page, { identifier, password })).status).toBe(200);
    const find = () =>
      application.query<{ id: string; name: string }>(
        "select id, name from users where username = $1",
        [identifier],
      );
    const [first] = await find();
    if (!first) throw new Error("Nobody signed in.");
    expect(await tryDeletion(application, first)).toBe("done");
    await application.deliverMail();
    const again = new Browser();
    const form = await again.open(
      `${application.baseUrl}/sign-in?screen=register&returnTo=/account`,
    );
    expect((await again.submit(form, { identifier, password, name })).status).toBe(200);
    const [second] = await find();
    expect(second?.id).not.toBe(first.id);
  });

  it("waits for Logto, however long, without a failure", async () => {
    const person = await world.createKnown();
    await provider.stop();
    expect(await tryDeletion(application, person)).toBe("done");
    await application.deliverMail();
    expect(await world.listJobs("logto.delete_user")).toMatchObject([
      { attempts: 0, error: null, isDue: false },
    ]);
    await provider.startAgain();
    await makeDue();
    await application.deliverMail();
    expect(await world.listJobs("logto.delete_user")).toEqual([]);
    expect(await isAtLogto(person)).toBe(false);
  });
});

describe("deleting one's account, without a machine-to-machine application", () => {
  const world2 = useWebhooks({ withoutManagement: true });

  it("says that the account at Logto stays, and leaves nothing in the queue", async () => {
    const { person, agent } = await createLeaver(world2.application);
    expect((await agent.get("/account/deletion")).text).toContain("identity provider stays");
    expect((await sendDeletion(agent, person)).status).toBe(303);
    await world2.application.deliverMail();
    expect(await world2.listJobs()).toEqual([]);
  });
});
