import { beforeAll, describe, expect, it } from "vitest";
import { readRecordings, Replay } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

describe("organizations, as Logto's Management API answers", () => {
  const standIn = useStandIn();
  let replay: Replay;

  beforeAll(async () => {
    replay = new Replay(standIn.endpoint, await standIn.managementToken());
  });

  it("go the recorded way, answer by answer", async () => {
    expect(await replay.play(readRecordings("management-organizations"))).toEqual([]);
  });
});

describe("organizations in lists", () => {
  const standIn = useStandIn();

  it("come oldest first, 20 by default, with links as Logto writes them (without /api)", async () => {
    for (let number = 10; number < 33; number += 1) {
      await standIn.manage("POST", "/organizations", { name: `Page ${number}` });
    }
    const first = await standIn.list("/organizations");
    expect(first.items).toHaveLength(20);
    expect(first.items[0]?.name).toBe("Page 10");
    expect(first.headers.get("total-number")).toBe("23");
    const at = (page: number) => `<${standIn.endpoint}/organizations?page=${page}>`;
    expect(first.headers.get("link")).toBe(
      `${at(1)}; rel="first", ${at(2)}; rel="last", ${at(2)}; rel="next"`,
    );
    const second = await standIn.list("/organizations?page=2");
    expect(second.items.map(({ name }) => name)).toEqual(["Page 30", "Page 31", "Page 32"]);
    const beyond = await standIn.list("/organizations?page=9&page_size=100");
    expect(beyond.items).toEqual([]);
    expect(beyond.headers.get("total-number")).toBe("23");
  });
});

describe("members of an organization, as Logto's Management API answers", () => {
  const standIn = useStandIn();
  let replay: Replay;

  beforeAll(async () => {
    const unset = ["lastSignInAt", "applicationId"];
    replay = new Replay(standIn.endpoint, await standIn.managementToken(), unset);
    const create = async (recordedId: string, path: string, body: object) => {
      replay.bind(recordedId, (await standIn.manage("POST", path, body)).body.id);
    };
    await create("te8ybs0jfr15", "/organizations", { name: "Members Inc" });
    for (const [recordedId, name] of [
      ["r6a173cfrrxvye9liyzjq", "owner"],
      ["7oeefh1mfjmh31foj4z4d", "admin"],
      ["r7rov9417bdszcsdda8b4", "member"],
      ["75b57vw8z1rpd01b3co4o", "guest"],
    ] as const) {
      await create(recordedId, "/organization-roles", { name, description: `${name} role` });
    }
    for (const [recordedId, username, name, domain] of [
      ["sakj9v54p6jh", "olivia", "Olivia", "acme.test"],
      ["528rbha96t6o", "mia", "Mia", "acme.test"],
      ["dzk2trfvc687", "nora", "Nora", "other.test"],
    ] as const) {
      await create(recordedId, "/users", { username, name, primaryEmail: `${username}@${domain}` });
    }
    await create("fhroe6h9yube", "/users", {
      username: "adam",
      name: "Adam S.",
      primaryEmail: "adam@acme.test",
      avatar: "https://img.example/adam.png",
      customData: { theme: "dark", onboarded: true },
      profile: {
        familyName: "Smith",
        givenName: "Adam",
        zoneinfo: "Europe/London",
        locale: "en-GB",
        address: { country: "UK" },
      },
    });
  });

  it("go the recorded way, answer by answer", async () => {
    expect(await replay.play(readRecordings("management-organization-members"))).toEqual([]);
  });
});

describe("the organization template, as Logto's Management API answers", () => {
  const standIn = useStandIn();
  let replay: Replay;

  beforeAll(async () => {
    replay = new Replay(standIn.endpoint, await standIn.managementToken());
    const { body: scope } = await standIn.manage("POST", "/organization-scopes", {
      name: "read:data",
    });
    replay.bind("zxzk1p2ti9snilztqzoiy", scope.id);
  });

  it("go the recorded way, answer by answer", async () => {
    expect(await replay.play(readRecordings("management-organization-template"))).toEqual([]);
  });
});
