import { randomBytes } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { recordStatements, settleEmail } from "../../src/identity/email-proofs.ts";
import { isDisputedByEnterprise } from "../../src/identity/enterprise-statements.ts";
import type { AuthenticatedPerson, EnterpriseAccount } from "../../src/identity/profile.ts";
import { describeProfile } from "../../src/relying-party/claims.ts";
import { mirrorUser } from "../../src/identity/users.ts";
import { noteAccount, noteSilence } from "../../src/hugging-face/account-answer.ts";
import { useApplication } from "../support/application.ts";

const application = useApplication();
const issuer = "https://id.example/oidc";

type Linked = { email?: string; says?: unknown; subject?: string; provider?: string };
type News = {
  email?: string | null;
  linked?: Linked[];
  singleSignOn?: AuthenticatedPerson["singleSignOn"];
  enterprises?: readonly EnterpriseAccount[] | null;
};

let name = "";
beforeEach(() => {
  name = randomBytes(4).toString("hex");
});
const address = (local = "ada") => `${local}-${name}@acme.example`;

/** A person at Logto. Logto calls their address verified, from every source. */
function createVisitor(subject = randomBytes(6).toString("hex")) {
  let id = "";
  const visitor = {
    /** Logto tells of them: at a sign-in, or when it is asked. */
    async hear({ email = null, linked = [], ...enterprise }: News) {
      const identities = Object.fromEntries(
        linked.map(({ provider = "huggingface", subject: userId = `hf-${subject}`, ...of }) => [
          provider,
          {
            userId,
            details: { email: of.email, rawData: { email: of.email, email_verified: of.says } },
          },
        ]),
      );
      const claims = { sub: subject, email, email_verified: email !== null, identities };
      const profile = describeProfile(issuer, claims);
      id = await application.database.unscoped.$transaction((tx) =>
        mirrorUser(tx, { ...profile, ...enterprise }),
      );
    },
    /** Hugging Face itself tells of them. */
    hearHuggingFace: (email: string | null, emailVerified: boolean, of = `hf-${subject}`) =>
      noteAccount(application.database, id, {
        subject: of,
        handle: "ada",
        name: null,
        email,
        emailVerified,
        places: [],
      }),
    hearNothing: () => noteSilence(application.database, id),
    async readProven() {
      const [user] = await application.query<{ proven: string | null }>(
        "select proven_email as proven from users where id = $1",
        [id],
      );
      return user?.proven ?? null;
    },
    listProofs: () =>
      application.query<{ source: string; isOver: boolean; why: string | null }>(
        `select source, proven_at is not null as "isProven", ended_at is not null as "isOver", ended_by as why
           from email_proofs where user_id = $1 order by email, source`,
        [id],
      ),
    get id() {
      return id;
    },
  };
  return visitor;
}

type Visitor = ReturnType<typeof createVisitor>;

const own = () => address();
const unverified = () => ({ email: own(), says: false });
const verified = () => ({ email: own(), says: true });
const github = (says?: unknown) => ({ provider: "github", email: own(), says });
const orbital = (email: string, isAtItsDomain = true) => ({
  singleSignOn: [{ issuer: "https://sso.example", account: email }],
  enterprises: [{ email, isAtItsDomain }],
});

/** The sources of an address. */
const sources = {
  "a code of Logto's": (ada) => ada.hear({ email: own() }),
  "an enterprise": (ada) => ada.hear({ email: own(), ...orbital(own()) }),
  "an enterprise, outside of its domains": (ada) =>
    ada.hear({ email: own(), ...orbital(own(), false) }),
  "an enterprise, of which nobody can tell": (ada) =>
    ada.hear({ email: own(), ...orbital(own()), enterprises: null }),
  "nobody knows: an enterprise that does not name it (any more)": (ada) =>
    ada.hear({ email: own(), ...orbital(address("other")) }),
  "Hugging Face, which vouches": (ada) => ada.hear({ email: own(), linked: [verified()] }),
  "Hugging Face, which does not": (ada) => ada.hear({ email: own(), linked: [unverified()] }),
  "Hugging Face, which says nothing": (ada) =>
    ada.hear({ email: own(), linked: [{ email: own() }] }),
  "another provider, which vouches": (ada) => ada.hear({ email: own(), linked: [github(true)] }),
  "another provider, which does not": (ada) => ada.hear({ email: own(), linked: [github(false)] }),
  "another provider, which says nothing": (ada) => ada.hear({ email: own(), linked: [github()] }),
  "nobody knows: an account is linked that does not name it": (ada) =>
    ada.hear({ email: own(), linked: [{ email: address("other"), says: true }] }),
} satisfies Record<string, (ada: Visitor) => Promise<void>>;

type Source = keyof typeof sources;
const vouched = new Set<Source>([
  "a code of Logto's",
  "an enterprise",
  "Hugging Face, which vouches",
  "another provider, which vouches",
]);
const allSources = Object.keys(sources) as Source[];
const ofHuggingFace: Source[] = [
  "Hugging Face, which vouches",
  "Hugging Face, which does not",
  "Hugging Face, which says nothing",
];

/** The later events: name, act, sources to try, and the sources that leave a proof. */
const endings: [string, (ada: Visitor) => Promise<unknown>, Source[], ReadonlySet<Source>][] = [
  ["nothing", () => Promise.resolve(), allSources, vouched],
  ["all is unlinked", (ada) => ada.hear({ email: own() }), allSources, vouched],
  [
    "all is unlinked, and another account linked",
    async (ada) => {
      await ada.hear({ email: own() });
      const linked = [{ email: address("z"), says: true, subject: `new-${name}` }];
      await ada.hear({ email: own(), linked });
    },
    allSources,
    vouched,
  ],
  [
    "Logto says it in other letters",
    (ada) => ada.hear({ email: own().toUpperCase() }),
    allSources,
    vouched,
  ],
  [
    "Logto knows another address",
    (ada) => ada.hear({ email: address("x") }),
    allSources,
    new Set(),
  ],
  ["Logto knows none any more", (ada) => ada.hear({}), allSources, new Set()],
  [
    "Logto gives it to someone else",
    () => createVisitor().hear({ email: own() }),
    allSources,
    new Set(),
  ],
  [
    "an account is linked that claims it without a proof",
    async (ada) => ada.hear({ email: own(), linked: [{ ...unverified(), subject: `z-${name}` }] }),
    ["a code of Logto's", "an enterprise"],
    new Set(),
  ],
  [
    "Hugging Face vouches",
    (ada) => ada.hearHuggingFace(own(), true),
    ofHuggingFace,
    new Set(ofHuggingFace),
  ],
  [
    "Hugging Face does not vouch (any more)",
    (ada) => ada.hearHuggingFace(own(), false),
    ofHuggingFace,
    new Set(),
  ],
  [
    "Hugging Face knows another address, and vouches for that",
    (ada) => ada.hearHuggingFace(address("other"), true),
    ofHuggingFace,
    new Set(),
  ],
  [
    "Hugging Face knows no address",
    (ada) => ada.hearHuggingFace(null, false),
    ofHuggingFace,
    new Set(),
  ],
  ["Hugging Face may not answer", (ada) => ada.hearNothing(), ofHuggingFace, new Set()],
  [
    "Hugging Face knows another address, and is unlinked",
    async (ada) => {
      await ada.hearHuggingFace(address("other"), true);
      await ada.hear({ email: own() });
    },
    ofHuggingFace,
    new Set(),
  ],
  [
    "Hugging Face tells of another account",
    (ada) => ada.hearHuggingFace(own(), true, "hf-of-someone-else"),
    ["Hugging Face, which does not"],
    new Set(),
  ],
];

const cases = endings.flatMap(([ending, happen, from, proven]) =>
  from.map((source) => ({ source, ending, happen, isProven: proven.has(source) })),
);

describe("an address from a source, and a later event", () => {
  it.each(cases)(
    "SI31 is proven: $isProven, from $source; then: $ending",
    async ({ source, happen, isProven }) => {
      const ada = createVisitor();
      await sources[source](ada);
      await happen(ada);
      expect((await ada.readProven()) === own()).toBe(isProven);
      const proofs = await ada.listProofs();
      expect(proofs.every(({ isOver, why }) => isOver === (why !== null))).toBe(true);
    },
  );
});

describe("a Hugging Face account that is linked with another user now", () => {
  it("SI31 proves nothing about its former user, also before Logto told of them", async () => {
    const linked = [{ ...verified(), subject: `moved-${name}` }];
    const [ada, bea] = [createVisitor(), createVisitor()];
    await ada.hear({ linked });
    await ada.hearHuggingFace(own(), true, `moved-${name}`);
    await bea.hear({ linked });
    const owners = await application.query<{ userId: string }>(
      `select user_id as "userId" from identities where subject = $1`,
      [`moved-${name}`],
    );
    expect(owners).toEqual([{ userId: bea.id }]);
    await ada.hear({ linked });
    expect(await application.query("select from identities where user_id = $1", [bea.id])).toEqual(
      [],
    );
  });
});

describe("an enterprise that appears in the account of an existing user", () => {
  const isRefused = (ada: Visitor) =>
    application.database.unscoped.$transaction((tx) => isDisputedByEnterprise(tx, ada.id));
  const elsewhere = () => ({ email: own(), ...orbital(address("other"), false) });
  const outside = () => ({ email: own(), ...orbital(own(), false) });

  it.each<[string, News, boolean]>([
    ["is believed at its domain", { ...orbital("") }, false],
    ["disputes an address outside of it", { ...orbital("", false) }, true],
    ["disputes it while Logto does not tell", { ...orbital(""), enterprises: null }, true],
  ])("SI31 %s", async (_how, of, refused) => {
    const ada = createVisitor();
    await ada.hear({ email: own() });
    const enterprises = of.enterprises?.map((each) => ({ ...each, email: own() })) ?? null;
    await ada.hear({ email: own(), ...of, enterprises });
    expect([await isRefused(ada), (await ada.readProven()) === own()]).toEqual([refused, !refused]);
  });

  it("SI31 disputes the address also if it names another one now, until it is unlinked", async () => {
    const ada = createVisitor();
    await ada.hear({ email: own() });
    await ada.hear(elsewhere());
    expect(await isRefused(ada)).toBe(true);
    await ada.hear(elsewhere());
    await ada.hear({ email: own() });
    expect([await isRefused(ada), await ada.readProven()]).toEqual([true, null]);
    await ada.hear({ email: own(), enterprises: [] });
    expect([await isRefused(ada), await ada.readProven()]).toEqual([false, own()]);
  });

  it("SI31 is noticed at a sign-in, also if a webhook told of it before", async () => {
    const ada = createVisitor();
    await ada.hear({ email: own() });
    await ada.hear({ email: own(), enterprises: [{ email: own(), isAtItsDomain: null }] });
    expect([await isRefused(ada), await ada.readProven()]).toEqual([false, own()]);
    await ada.hear(outside());
    await ada.hear({ email: own(), enterprises: [{ email: own(), isAtItsDomain: null }] });
    expect([await isRefused(ada), await ada.readProven()]).toEqual([true, null]);
    const bea = createVisitor();
    await bea.hear({ email: own(), enterprises: [{ email: own(), isAtItsDomain: null }] });
    expect(await bea.readProven()).toBeNull();
    await bea.hear({ email: own(), ...orbital(own()) });
    expect(await bea.readProven()).toBe(own());
  });

  it("SI31 disputes no address of people who first came by it", async () => {
    const ada = createVisitor();
    await ada.hear(outside());
    await ada.hear(outside());
    expect([await isRefused(ada), await ada.readProven()]).toEqual([false, null]);
    // They have accepted an invitation by its mail.
    await application.database.unscoped.$transaction(async (tx) => {
      await recordStatements(tx, ada.id, [{ source: "mail", email: own(), ending: null }]);
      await settleEmail(tx, ada.id);
    });
    await ada.hear(outside());
    expect([await isRefused(ada), await ada.readProven()]).toEqual([false, own()]);
    for (let round = 0; round < 2; round += 1) {
      await ada.hear({ ...outside(), email: address("new") });
    }
    expect([await isRefused(ada), await ada.readProven()]).toEqual([false, address("new")]);
    const bea = createVisitor();
    await bea.hear({ singleSignOn: [{ issuer: "https://sso.example", account: "Bea" }] });
    const named = { enterprises: [{ email: null, isAtItsDomain: false }] };
    for (let round = 0; round < 2; round += 1) await bea.hear({ email: address("bea"), ...named });
    expect([await isRefused(bea), await bea.readProven()]).toEqual([false, address("bea")]);
  });
});

describe("a proof", () => {
  it("says where it came from, and what ended it", async () => {
    const ada = createVisitor();
    await ada.hear({ email: own(), linked: [unverified()] });
    const doubt = { source: "hugging_face", isProven: false, isOver: true, why: "unverified" };
    expect(await ada.listProofs()).toEqual([doubt]);
    await ada.hearHuggingFace(own(), true);
    const proof = { ...doubt, isProven: true, isOver: false, why: null };
    expect(await ada.listProofs()).toEqual([proof]);
    await ada.hearNothing();
    expect(await ada.listProofs()).toEqual([{ ...proof, isOver: true, why: "silent" }]);
  });

  it("returns after a code proved the address again, when it had been another user's", async () => {
    const ada = createVisitor();
    const bea = createVisitor();
    for (let round = 0; round < 2; round += 1) {
      await ada.hear({ email: own() });
      await bea.hear({ email: address("bea") });
      expect([await ada.readProven(), await bea.readProven()]).toEqual([own(), address("bea")]);
      await bea.hear({ email: own() });
      expect([await ada.readProven(), await bea.readProven()]).toEqual([null, own()]);
      await ada.hear({});
      expect(await ada.readProven()).toBeNull();
    }
  });

  it("returns after a claim without a proof is gone", async () => {
    const ada = createVisitor();
    await ada.hear({ email: own() });
    await ada.hear({ email: own(), linked: [unverified()] });
    expect(await ada.readProven()).toBeNull();
    await ada.hear({ email: own() });
    expect(await ada.readProven()).toBe(own());
  });

  it("is given by a code for a later address, also with a linked account", async () => {
    const ada = createVisitor();
    await ada.hear({ linked: [{ email: address("other"), says: false }] });
    await ada.hear({ email: own(), linked: [{ email: address("other"), says: false }] });
    expect(await ada.readProven()).toBe(own());
  });

  it("IN10 is not given by a similar-looking address", async () => {
    const email = `mike-${name}@acme.example`;
    const kelvin = email.replace("k", "\u212a");
    const ada = createVisitor();
    await ada.hear({ email, linked: [{ email: kelvin, says: true }] });
    expect(await ada.readProven()).toBeNull();
    await ada.hearHuggingFace(kelvin, true);
    expect(await ada.readProven()).toBeNull();
  });

  it("is not given by a provider's word about another address than the one that Logto stored", async () => {
    const ada = createVisitor();
    const details = { email: own(), rawData: { email: address("z"), email_verified: true } };
    const claims = {
      sub: `raw-${name}`,
      email: own(),
      email_verified: true,
      identities: { github: { userId: "7", details } },
    };
    const id = await application.database.unscoped.$transaction((tx) =>
      mirrorUser(tx, describeProfile(issuer, claims)),
    );
    const [user] = await application.query("select proven_email from users where id = $1", [id]);
    expect([user, ada.id]).toEqual([{ proven_email: null }, ""]);
  });
});
