import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { HuggingFaceVisit, recordedScope } from "./hugging-face-visit.ts";

const visit = new HuggingFaceVisit();
beforeAll(() => visit.start());
afterAll(() => visit.stop());

const userinfo = z.object({
  sub: z.string(),
  preferred_username: z.string(),
  orgs: z.array(z.looseObject({ sub: z.string(), preferred_username: z.string() })).default([]),
});

async function readOrgs(username: string) {
  const { access_token } = await visit.obtainToken(username, { scope: recordedScope });
  return userinfo.parse((await visit.readUserinfo(access_token)).answer).orgs;
}

/** Submits a form of a page as a developer's browser does. */
async function post(path: string, fields: Record<string, string>) {
  const response = await fetch(visit.issuer + path, {
    method: "POST",
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
  return { status: response.status, location: response.headers.get("location") };
}

describe("a change of a developer at the Hugging Face stand-in", () => {
  it("shows in the next answer: the role, what is pending, and the end of a membership", async () => {
    const [before] = await readOrgs("mary");
    expect(before).toMatchObject({ preferred_username: "orbital-works", roleInOrg: "write" });
    const organization = "orbital-works";
    expect(
      await post("/mary/memberships", { organization, role: "admin", pendingSSO: "on" }),
    ).toMatchObject({ status: 303, location: "/mary" });
    const [changed] = await readOrgs("mary");
    expect(changed).toMatchObject({ roleInOrg: "admin", pendingSSO: true, missingMFA: false });
    await post("/mary/memberships", { organization, role: "" });
    expect(await readOrgs("mary")).toEqual([]);
    await post("/mary/memberships", { organization, role: "read", missingMFA: "on" });
    const [back] = await readOrgs("mary");
    expect(back).toMatchObject({ sub: before?.sub, roleInOrg: "read", missingMFA: true });
  });

  it("shows to a token that is there already", async () => {
    const { access_token } = await visit.obtainToken("valentina", { scope: recordedScope });
    visit.world.setMembership("valentina", "analytical", { roleInOrg: "contributor" });
    const { orgs } = userinfo.parse((await visit.readUserinfo(access_token)).answer);
    expect(orgs.map((org) => org.preferred_username)).toEqual(["orbital-works", "analytical"]);
  });

  it("renames people and organizations, whose subjects stay", async () => {
    const [before] = await readOrgs("katherine");
    expect(await post("/orbital-works/handle", { handle: "orbital" })).toMatchObject({
      location: "/orbital",
    });
    const [after] = await readOrgs("katherine");
    expect(after).toMatchObject({ sub: before?.sub, preferred_username: "orbital" });
    await post("/grace/handle", { handle: "amazing-grace" });
    const { access_token } = await visit.obtainToken("amazing-grace");
    expect((await visit.readUserinfo(access_token)).answer).toMatchObject({
      sub: "64f0a1b2c3d4e5f60718293b",
      preferred_username: "amazing-grace",
    });
  });

  it.each([
    ["/ada/handle", { handle: "../x" }],
    ["/ada/handle", { handle: "noemail" }],
    ["/nobody/handle", { handle: "someone" }],
    ["/ada/memberships", { organization: "nowhere", role: "read" }],
  ])("refuses POST %s with %o", async (path, fields) => {
    expect((await post(path, fields)).status).toBe(400);
  });
});
