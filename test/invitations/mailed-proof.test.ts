import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import {
  answerBy,
  arriveWith,
  assemble,
  findTokens,
  inventEmail,
  inviteByForm,
  openBy,
} from "./world.ts";

const application = useApplication();

/** Invites an address. @returns the link that the inviter is shown, and the one that is mailed */
async function invite(email: string) {
  const world = await assemble(application);
  const answer = await inviteByForm(world.people.owner.agent, world, email);
  const [shown = ""] = findTokens(answer.text);
  const mails = await application.deliverMail();
  const [mailed = ""] = findTokens(
    mails.find(({ text }) => text?.includes("/invitations/"))?.text ?? "",
  );
  return { world, shown, mailed };
}

const readProofs = (id: string) =>
  application.query("select email, source from email_proofs where user_id = $1", [id]);

describe("the link in the mail of an invitation", () => {
  it("proves the address that it was mailed to, if the account has that address", async () => {
    const email = inventEmail();
    const { world, mailed } = await invite(email);
    const ada = await arriveWith(application, { email: email.toUpperCase(), isVerified: false });
    // Looking proves nothing: scanners look at links, too.
    expect((await openBy(ada, mailed)).text).toContain("/acceptance");
    expect(await readProofs(ada.person.id)).toEqual([]);
    expect((await answerBy(ada, mailed)).status).toBe(303);
    expect(await readProofs(ada.person.id)).toEqual([{ email, source: "mail" }]);
    expect(await world.readRole(ada)).toBe("member");
  });

  it("proves nothing if the inviter saw it, or if it was mailed to another person", async () => {
    const email = inventEmail();
    const { shown, mailed } = await invite(email);
    const ada = await arriveWith(application, { email, isVerified: false });
    const bea = await arriveWith(application, { email: inventEmail("bea"), isVerified: false });
    for (const [guest, token] of [
      [ada, shown],
      [bea, mailed],
    ] as const) {
      expect((await openBy(guest, token)).text).not.toContain("/acceptance");
      expect((await answerBy(guest, token)).status).toBe(403);
      expect(await readProofs(guest.person.id)).toEqual([]);
    }
  });

  it("proves nothing while a linked account claims that address without a proof", async () => {
    const email = inventEmail();
    const { mailed } = await invite(email);
    const ada = await arriveWith(application, { email, isVerified: false, handle: "ada" });
    await application.query("update identities set disputed_email = $2 where user_id = $1", [
      ada.person.id,
      email,
    ]);
    expect((await openBy(ada, mailed)).text).not.toContain("/acceptance");
    expect((await answerBy(ada, mailed)).status).toBe(403);
  });
});
