import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { everyScope, exchange, SignInBrowser } from "./browser.ts";
import { decodeToken, type Members, pickRecording, readRecordings, Replay } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

const recordings = readRecordings("organization-tokens");
const pick = (name: string) => pickRecording(recordings, name);
const machine = "17qi6t0spav2k4524tig3";
const organization = "te8ybs0jfr15";
const permissions = [
  "read:data",
  "write:data",
  "manage:members",
  "invite:members",
  "manage:settings",
  "delete:organization",
];

const standIn = useStandIn();
let replay: Replay;
const scopes = new Map<string, string>();

async function create(path: string, body: object): Promise<{ id: string } & Members> {
  const answer = await standIn.manage("POST", path, body);
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer.body;
}

beforeAll(async () => {
  replay = new Replay(standIn.endpoint, await standIn.managementToken(), ["lastSignInAt"]);
  for (const name of permissions)
    scopes.set(name, (await create("/organization-scopes", { name })).id);
  replay.bind("zxzk1p2ti9snilztqzoiy", scopes.get("read:data") ?? "");
  replay.bind(organization, (await create("/organizations", { name: "Members Inc" })).id);
  const member = await create("/organization-roles", { name: "member" });
  replay.bind("r7rov9417bdszcsdda8b4", member.id);
});

describe("machines in organizations, as Logto's Management API answers", () => {
  beforeAll(async () => {
    const story = [
      "m2m app without roles (for 403 tests)",
      "add application to organization",
      "create machine-to-machine organization role",
      "give the application a user-type role",
      "give the application its role",
      "list applications of organization",
    ];
    const differences = await replay.play(story.map(pick));
    if (differences.length > 0) throw new Error(differences.join("\n"));
  });

  /** The `Authorization` of the recorded machine, which has another secret here. */
  async function authorization(): Promise<string> {
    const id = replay.idFor(machine);
    const { items } = await standIn.list(`/applications/${id}/secrets`);
    return `Basic ${btoa(`${id}:${String(items[0]?.["value"])}`)}`;
  }

  it("get a token for the organization, with what their role there permits", async () => {
    const recording = pick("m2m: organization token for an associated application");
    const replaced = { authorization: await authorization() };
    expect(await replay.differences(recording, replaced)).toEqual([]);
  });

  it("get no token for an organization that they do not belong to", async () => {
    const name = "m2m: organization token by client_credentials, app not in organization";
    expect(await replay.differences(pick(name))).toEqual([]);
  });
});

describe("organization tokens of people, as Logto issues them", () => {
  const password = "Pass-org-2026!";
  const people = { owner: "sakj9v54p6jh", member: "528rbha96t6o", stranger: "dzk2trfvc687" };
  const acme = "v0r1r27s5no3";

  beforeEach(async () => {
    replay = new Replay(standIn.endpoint, await standIn.managementToken());
    replay.bind(acme, (await create("/organizations", { name: "Acme" })).id);
    replay.bind("hg4u5lk735gr", (await create("/organizations", { name: "Globex" })).id);
  });

  async function signIn(person: keyof typeof people, parameters: Record<string, string>) {
    const username = `${person}_${replay.idFor(acme)}`;
    const user = await create("/users", { username, password });
    replay.bind(people[person], user.id);
    if (person !== "stranger") {
      const users = `/organizations/${replay.idFor(acme)}/users`;
      await standIn.manage("POST", users, { userIds: [user.id] });
      const organizationScopeIds = [...scopes]
        .filter(([name]) => person === "owner" || name === "read:data")
        .map(([, id]) => id);
      const role = await create("/organization-roles", { name: username, organizationScopeIds });
      const path = `${users}/${user.id}/roles`;
      await standIn.manage("PUT", path, { organizationRoleIds: [role.id] });
    }
    const callback = await new SignInBrowser(standIn).signIn(username, password, {
      prompt: "consent",
      ...parameters,
    });
    return (await exchange(standIn, callback)).refresh_token ?? "";
  }
  const asTheLibraryDoes = {
    scope: `${everyScope} offline_access ${permissions.join(" ")}`,
    resource: "urn:logto:resource:organizations",
  };

  /** Compares an answer, without the person's own claims, which have their own tests, and without the order of the scopes. */
  async function differences(name: string, refreshToken: string): Promise<string[]> {
    const recording = pick(name);
    const answer = await replay.send(recording.request, { refresh_token: refreshToken });
    const strip = ({ id_token: _i, refresh_token: _r, ...body }: Members): Members => ({
      ...body,
      scope: String(body["scope"]).split(" ").toSorted(),
      ...(typeof body["access_token"] === "string" && body["access_token"].includes(".")
        ? { access_token: { $jwt: decodeToken(body["access_token"]) } }
        : {}),
    });
    const sortScope = (body: Members): Members => {
      const token = body["access_token"] as { $jwt?: { header: Members; claims: Members } };
      if (!token?.$jwt) return body;
      const { header, claims } = token.$jwt;
      const scope = String(claims["scope"]).split(" ").toSorted();
      return { ...body, access_token: { header, claims: { ...claims, scope } } };
    };
    const actual = sortScope(strip(await answer.json()));
    const expected = sortScope(strip(recording.response.body as Members));
    return [
      ...(answer.status === recording.response.status ? [] : [`${name}: ${answer.status}`]),
      ...replay.compare(actual, expected, name),
    ];
  }

  it("name the organization, and hold the requested scopes that the person's role permits", async () => {
    const owner = await signIn("owner", asTheLibraryDoes);
    expect(await differences("olivia (owner) asks for Acme token", owner)).toEqual([]);
    expect(await differences("narrower scope in organization token", owner)).toEqual([]);
    expect(await differences("empty organization_id", owner)).toEqual([]);
  });

  it("hold no scope that the role does not permit", async () => {
    const member = await signIn("member", asTheLibraryDoes);
    expect(await differences("scope the role does not have", member)).toEqual([]);
  });

  it("are refused to strangers, for unknown organizations, without the scope, and by their own name", async () => {
    const stranger = await signIn("stranger", asTheLibraryDoes);
    const names = [
      "nora (not a member) asks for Acme token",
      "organization id that does not exist",
      "[authorize: two resources: organizations and the api] resource=urn:logto:organization:<id> at refresh",
    ];
    for (const name of names) expect(await differences(name, stranger)).toEqual([]);
    const narrow = { ...asTheLibraryDoes, scope: "openid offline_access" };
    const member = await signIn("member", narrow);
    const name =
      "[authorize: without scope urn:logto:scope:organizations] organization token for a member organization";
    expect(await differences(name, member)).toEqual([]);
  });
});
