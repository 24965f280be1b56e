import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { productSlug } from "../../src/runtime/product.ts";
import { about, baseUrl, type Run, useFreshLogto } from "./provision-world.ts";

// An operator has set up how people sign in, and one run of the command follows.

const logto = useFreshLogto();
let known: Record<string, string>;

beforeAll(async () => {
  known = z.record(z.string(), z.string()).parse((await logto.provision()).settings);
});
beforeEach(async () => {
  await logto.query("delete from settings where name <> 'main'");
  await logto.query("delete from connectors");
  await logto.query("delete from sso_connectors");
  await logto.query("update applications set custom_data = custom_data #- $1", [
    [productSlug, "signUp"],
  ]);
});

const set = (name: string, value: object) =>
  logto.query(
    `insert into settings (name, value) values ($1, $2)
     on conflict (name) do update set value = settings.value || excluded.value`,
    [name, JSON.stringify(value)],
  );
const setExperience = (value: object) => set("sign-in experience", value);
const setAccountPages = (value: object) => set("account center", value);

const read = (path: "/api/sign-in-exp" | "/api/account-center" | "/api/custom-profile-fields") =>
  logto.operator.read(z.unknown(), (client) => client.GET(path));

type SignInRun = Omit<Run, "settings">;

/** Runs that part of the command. A dry run lists the same, and a further run changes nothing. */
async function provision(): Promise<SignInRun> {
  const dry = await logto.provisionSignIn(known, { isDryRun: true });
  const run = await logto.provisionSignIn(known);
  expect(dry.changes).toEqual(run.changes);
  const again = await logto.provisionSignIn(known);
  expect(again.changes).toEqual([]);
  expect(notes(again)).toEqual(notes(run));
  return run;
}

const notes = ({ entries }: SignInRun) =>
  entries.filter(({ outcome }) => outcome === "note").map(({ kind, text }) => `${kind}: ${text}`);
const changesOf = ({ changes }: SignInRun, kind: string) =>
  changes.filter((change) => change.startsWith(`updated ${kind}: `));

const byUsername = {
  identifier: "username",
  password: true,
  verificationCode: false,
  isPasswordPrimary: true,
};
const byEmail = { ...byUsername, identifier: "email", verificationCode: true };
const username = { identifiers: ["username"], password: true, verify: false };
const email = { identifiers: ["email"], password: true, verify: true };

const both = { ...email, identifiers: ["email", "username"] };
const asWell = { verify: true, secondaryIdentifiers: [{ identifier: "email", verify: true }] };

describe("sign-up", () => {
  it("becomes email with a code at a fresh Logto with a mail connector, and username sign-in stays", async () => {
    await logto.connectMail();
    const run = await provision();
    expect(changesOf(run, "sign-up")).toEqual([
      expect.stringContaining("people who are invited by email prove their address"),
    ]);
    expect(await read("/api/sign-in-exp")).toMatchObject({
      signUp: email,
      signIn: { methods: [byEmail, byUsername] },
    });
    expect(about(run.entries, "sign-up").map(({ outcome }) => outcome)).toEqual(["updated"]);
  });

  it.each([
    { ...byEmail, verificationCode: false },
    { ...byUsername, identifier: "phone" },
  ])("keeps a way to sign in that an operator has added: %j", async (added) => {
    await logto.connectMail();
    await setExperience({ signIn: { methods: [byUsername, added] } });
    expect(changesOf(await provision(), "sign-up")).toHaveLength(1);
    const methods = added.identifier === "email" ? [] : [byEmail];
    expect(await read("/api/sign-in-exp")).toMatchObject({
      signUp: email,
      signIn: { methods: [...methods, byUsername, added] },
    });
  });

  it("stays by username without a mail connector, changes when one is added, and then stays as an operator sets it", async () => {
    const before = await provision();
    expect(changesOf(before, "sign-up")).toEqual([]);
    expect(await read("/api/sign-in-exp")).toMatchObject({ signUp: username });
    expect(notes(before)).toContainEqual(
      expect.stringMatching(/^sign-up: there is no mail connector: .* run this again, or invite/),
    );
    await logto.connectMail();
    expect(changesOf(await provision(), "sign-up")).toHaveLength(1);
    await setExperience({ signUp: username, signIn: { methods: [byUsername] } });
    const run = await provision();
    expect(run.changes).toEqual([]);
    expect(notes(run)).toContainEqual(
      expect.stringContaining("sign-up: does not ask for an email address, as someone has set"),
    );
  });

  it.each([
    ["email, verified", { signUp: email, signIn: { methods: [byEmail] } }, []],
    ["email and username", { signUp: both, signIn: { methods: [byEmail, byUsername] } }, []],
    [
      "username, and the email address as well",
      { signUp: { ...username, ...asWell }, signIn: { methods: [byUsername, byEmail] } },
      [],
    ],
    [
      "username, without sign-in by it",
      { signUp: username, signIn: { methods: [] } },
      [
        /^sign-up: does not ask for an email address, as someone has set it: .* invite them by/,
        /^sign-up: people sign up by username, and cannot sign in by it/,
      ],
    ],
    [
      "nothing but social accounts",
      { signUp: { identifiers: [], password: false, verify: false }, signIn: { methods: [] } },
      [/^sign-up: does not ask for an email address/],
    ],
    [
      "email without verification",
      { signUp: { ...email, verify: false }, signIn: { methods: [byEmail] } },
      [/^sign-up: takes an email address without a code/],
    ],
    [
      "email, while sign-in is by username",
      { signUp: email, signIn: { methods: [byUsername] } },
      [/^sign-up: people sign up by email, and cannot sign in by it/],
    ],
    [
      "username, without registration",
      { signInMode: "SignIn", signUp: username, signIn: { methods: [byUsername] } },
      [/^sign-in experience: only sign-in is open/, /^sign-up: does not ask for/],
    ],
    [
      "email, without sign-in",
      { signInMode: "Register", signUp: email, signIn: { methods: [byEmail] } },
      [/^sign-in experience: only registration is open/],
    ],
  ])("stays by %s, as an operator has set it", async (_, experience, expected) => {
    await logto.connectMail();
    await setExperience(experience);
    const run = await provision();
    expect(changesOf(run, "sign-up")).toEqual([]);
    expect(await read("/api/sign-in-exp")).toMatchObject(experience);
    const said = notes(run).filter((note) => /^sign-(up|in experience):/.test(note));
    expect(said).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });

  it("stays by email without a mail connector, with a note", async () => {
    await setExperience({ signUp: email, signIn: { methods: [byEmail] } });
    const run = await provision();
    expect(await read("/api/sign-in-exp")).toMatchObject({ signUp: email });
    expect(notes(run)).toContainEqual(
      expect.stringMatching(/^sign-up: asks for an email address, and there is no mail connector/),
    );
  });
});

describe("the sign-in experience", () => {
  it("gets the button for Hugging Face and an address for expired pages, and keeps the rest", async () => {
    const policy = { rejects: { pwned: false } };
    await setExperience({
      socialSignIn: { automaticAccountLinking: false },
      passwordPolicy: policy,
    });
    const run = await provision();
    expect(changesOf(run, "sign-in experience")).toEqual([
      expect.stringContaining("button for Hugging Face"),
      expect.stringContaining("skipRequiredIdentifiers"),
      expect.stringContaining(`unknownSessionRedirectUrl ${baseUrl}/sign-in/resume`),
    ]);
    expect(await read("/api/sign-in-exp")).toMatchObject({
      socialSignIn: { automaticAccountLinking: false, skipRequiredIdentifiers: true },
      socialSignInConnectorTargets: ["huggingface"],
      unknownSessionRedirectUrl: `${baseUrl}/sign-in/resume`,
      passwordPolicy: policy,
    });
  });

  it("keeps what an operator has set, and names dangers", async () => {
    const theirs = {
      socialSignIn: { automaticAccountLinking: true, skipRequiredIdentifiers: true },
      unknownSessionRedirectUrl: "https://other.example/start",
      mfa: { factors: ["Totp"], policy: "UserControlled" },
    };
    await setExperience(theirs);
    const run = await provision();
    expect(await read("/api/sign-in-exp")).toMatchObject(theirs);
    expect(notes(run).filter((note) => note.startsWith("sign-in experience"))).toEqual([
      expect.stringContaining("https://other.example/start, as someone has set it"),
      expect.stringContaining("automatic account linking is on"),
      expect.stringContaining("second factor"),
    ]);
  });
});

describe("single sign-on", () => {
  const add = (config: object) =>
    logto.query(
      "insert into sso_connectors (id, provider_name, connector_name, config) values ($1, 'OIDC', $1, $2)",
      [JSON.stringify(config), JSON.stringify(config)],
    );

  it("is switched on if there is an enterprise connector, and not for an unfinished one", async () => {
    await add({});
    const before = await provision();
    expect(about(before.entries, "single sign-on")).toEqual([
      { outcome: "unchanged", text: expect.stringContaining("off: run this again") },
    ]);
    await add({ issuer: "https://login.acme.example", clientId: "x" });
    expect(changesOf(await provision(), "single sign-on")).toHaveLength(1);
    expect(await read("/api/sign-in-exp")).toMatchObject({ singleSignOnEnabled: true });
  });
});

describe("the account pages", () => {
  const edit = Object.fromEntries(
    ["name", "avatar", "username", "email", "password", "mfa", "social"].map((name) => [
      name,
      "Edit",
    ]),
  );
  const shown = [{ name: "name" }, { name: "avatar" }];

  it("are opened, and registration asks for nothing more", async () => {
    expect(changesOf(await provision(), "account pages")).toHaveLength(3);
    expect(await read("/api/account-center")).toMatchObject({
      enabled: true,
      profileFields: shown,
    });
    expect(await read("/api/account-center")).toHaveProperty("fields", edit);
    expect(await read("/api/sign-in-exp")).toMatchObject({
      signUpProfileFields: [],
      mfa: { factors: ["Totp", "BackupCode"], policy: "NoPrompt" },
    });
  });

  it("get the missing fields, and keep those that an operator has set", async () => {
    await setAccountPages({ enabled: true, fields: { email: "ReadOnly", phone: "Edit" } });
    const run = await provision();
    expect(await read("/api/account-center")).toMatchObject({
      fields: { ...edit, email: "ReadOnly", phone: "Edit" },
    });
    expect(notes(run)).toContainEqual(expect.stringContaining("cannot change email there"));
  });

  it("stay closed if an operator has closed them", async () => {
    await setAccountPages({ enabled: false, fields: { name: "Edit" } });
    const run = await provision();
    expect(changesOf(run, "account pages")).toEqual([]);
    expect(notes(run)).toContainEqual(
      "account pages: are switched off, as someone has set it, and stay so",
    );
  });

  it("offer a second factor, and keep the policy of organizations", async () => {
    const organizationRequiredMfaPolicy = "Mandatory";
    await setExperience({
      mfa: { factors: [], policy: "UserControlled", organizationRequiredMfaPolicy },
    });
    await provision();
    expect(await read("/api/sign-in-exp")).toMatchObject({
      mfa: { factors: ["Totp", "BackupCode"], policy: "NoPrompt", organizationRequiredMfaPolicy },
    });
  });

  it("keep what registration asks for, and fields of others", async () => {
    const field = { id: "f1", name: "company", type: "Text", label: "Company", required: true };
    await set("profile fields", { company: { ...field, createdAt: 1 } });
    await setAccountPages({ enabled: true, fields: edit });
    await setExperience({ mfa: { factors: [], policy: "NoPrompt" } });
    expect(changesOf(await provision(), "account pages")).toHaveLength(1);
    expect(await read("/api/sign-in-exp")).toMatchObject({
      signUpProfileFields: [{ name: "company" }],
      mfa: { factors: [] },
    });
    expect(await read("/api/custom-profile-fields")).toHaveLength(3);
    await setAccountPages({ profileFields: [{ name: "company" }] });
    expect((await provision()).changes).toEqual([]);
  });
});
