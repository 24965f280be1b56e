import { describe, expect, it } from "vitest";

import { samplePicture } from "../isolation/sample-request.ts";
import { removeMember } from "../../src/memberships/member.ts";
import { actorIn } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import { limitSeats } from "../support/world.ts";
import {
  answerBy,
  arriveWith,
  assemble,
  findTokens,
  insist,
  inventEmail,
  linkByForm,
  openBy,
} from "./world.ts";

const application = useApplication();

describe("a link", () => {
  it("is made with its role, expiry, number of uses and domains", async () => {
    const world = await assemble(application);
    const { agent } = world.people.admin;
    const answer = await linkByForm(agent, world, {
      role: "viewer",
      days: "30",
      maxUses: "2",
      domains: "Example.com, @bücher.example",
    });
    expect(answer.status).toBe(200);
    const [token = "", ...others] = findTokens(answer.text);
    expect(others).toEqual([]);
    const [row] = await world.readInvitations();
    expect(row).toMatchObject({
      kind: "link",
      role: "viewer",
      max_uses: 2,
      allowed_domains: ["example.com", "xn--bcher-kva.example"],
    });
    const days = ((row?.expires_at.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    expect((await openBy({ agent: application.visitor() }, token)).text).toContain("example.com");
  });

  it("shows a visitor the picture of the organization", async () => {
    const world = await assemble(application);
    const { agent } = world.people.admin;
    const path = `/o/${world.organization.slug}/settings/picture`;
    await agent.post(path).attach("file", samplePicture, "a.png").expect(303);
    const [token = ""] = findTokens((await linkByForm(agent, world, {})).text);
    const visitor = application.visitor();
    const { text } = await openBy({ agent: visitor }, token);
    const picture = /src="(\/pictures\/[^"]+)"/.exec(text)?.[1] ?? "";
    expect((await visitor.get(picture)).status).toBe(200);
  });

  it.each([
    ["maxUses", "0"],
    ["maxUses", "-1"],
    ["maxUses", "1e3"],
    ["maxUses", "10000"],
    ["domains", "no domain"],
    ["domains", "example.com, <b>"],
    ["domains", "a.example ".repeat(21)],
  ])("is refused if %s is %s, and the form keeps the value", async (field, value) => {
    const world = await assemble(application);
    const answer = await linkByForm(world.people.admin.agent, world, { [field]: value });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(`value="${value.replaceAll("<", "&lt;")}"`);
    expect(await world.readInvitations()).toEqual([]);
  });

  it("is only for people with a verified address at its domains", async () => {
    const world = await assemble(application);
    const { token } = await world.link({ domains: ["example.com"] });
    const enter = async (email?: string, isVerified = true) => {
      const guest = await arriveWith(application, {
        ...(email !== undefined && { email }),
        isVerified,
      });
      const { status, text } = await answerBy(guest, token);
      return status === 303 ? "joined" : (/<h1[^>]*>([^<]*)/.exec(text)?.[1] ?? String(status));
    };
    expect(await enter(inventEmail())).toBe("joined");
    expect(await enter(inventEmail().toUpperCase())).toBe("joined");
    expect(await enter(inventEmail(), false)).toBe("Please verify your email address first");
    for (const other of [
      "ada@sub.example.com",
      "ada@example.com.evil.example",
      "ada@notexample.com",
    ])
      expect(await enter(other)).toBe("This link is for other email domains");
    expect(await enter("a@example.com@evil.example")).toBe("This link is for other email domains");
    expect(await enter()).toBe("This link is for other email domains");
  });

  it("can be shown again; the earlier address stays valid", async () => {
    const world = await assemble(application);
    const link = await world.link({ maxUses: 2 });
    const answer = await world.press(world.people.admin, link, "resend").redirects(1);
    const [second = ""] = findTokens(answer.text);
    expect(second).not.toBe(link.token);
    for (const token of [link.token, second]) {
      expect((await answerBy(await arriveWith(application), token)).status).toBe(303);
    }
    expect((await answerBy(await arriveWith(application), second)).status).toBe(410);
    expect(await world.readInvitations()).toMatchObject([{ uses: 2 }]);
  });

  it("IN02 counts its uses correctly when 20 people use it at once", async () => {
    const world = await assemble(application);
    const link = await world.link({ maxUses: 3 });
    const guests = await Promise.all(Array.from({ length: 20 }, () => arriveWith(application)));
    const answers = await Promise.all(
      guests.map((guest) => insist(() => answerBy(guest, link.token))),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 410)).toHaveLength(17);
    const [row] = await world.readInvitations();
    expect(row).toMatchObject({ uses: 3, status: "accepted" });
    expect(await world.readEvents("member.joined")).toHaveLength(3);
  });

  it("IN07 admits as many people as there are seats when 20 use it at once, and more when a seat is free", async () => {
    const world = await assemble(application);
    const { organization, people } = world;
    const link = await world.link();
    // Four belong to it already.
    await limitSeats(application, organization, 9);
    const guests = await Promise.all(Array.from({ length: 20 }, () => arriveWith(application)));
    const answers = await Promise.all(
      guests.map((guest) => insist(() => answerBy(guest, link.token))),
    );
    const refused = guests.filter((_guest, index) => answers[index]?.status === 409);
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(5);
    expect(refused).toHaveLength(15);
    expect(await link.readStatus()).toBe("pending");
    const [row] = await world.readInvitations();
    expect(row?.uses).toBe(5);
    await removeMember(application.database, actorIn(people.owner.person, organization), {
      userId: people.viewer.person.id,
    });
    const [next, last] = refused;
    if (!next || !last) throw new Error("Nobody was refused.");
    expect((await answerBy(next, link.token)).status).toBe(303);
    const full = await answerBy(last, link.token);
    expect(full.status).toBe(409);
    expect(full.text).toContain("There is no seat left");
    // A member needs no other seat.
    expect((await answerBy(next, link.token)).status).toBe(303);
  });
});
