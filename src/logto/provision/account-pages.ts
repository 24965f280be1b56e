import { z } from "zod";

import type { ManagementApi } from "../client/management-api.ts";
import { changeExperience, type Experience, sendExperience } from "./experience.ts";
import type { Step } from "./step.ts";

const control = z.enum(["Off", "ReadOnly", "Edit"]);
const named = z.object({ name: z.string() });
const centerAnswer = z.object({
  enabled: z.boolean(),
  fields: z.record(z.string(), control),
  profileFields: z.array(named).nullish(),
});
type Center = z.output<typeof centerAnswer>;

const kind = "account pages";

/** The fields that people may change on Logto's account pages. */
const ours = ["name", "avatar", "username", "email", "password", "mfa", "social"] as const;
const onProfilePage = [
  { name: "name", type: "Text", label: "Name", required: false },
  { name: "avatar", type: "Url", label: "Picture", required: false },
];

/** Opens the account pages, unless an operator has closed them; a field that an operator has set stays. */
export async function provisionAccountPages(step: Step, experience: Experience): Promise<void> {
  const { api, ledger } = step;
  const center = await api.read(centerAnswer, (client) => client.GET("/api/account-center"));
  if (!center.enabled && Object.keys(center.fields).length > 0) {
    return ledger.note(kind, "are switched off, as someone has set it, and stay so");
  }
  const before = ledger.entries.length;
  await openFields(step, center);
  await openProfilePage(step, center, experience);
  await offerSecondFactor(step, experience);
  if (ledger.entries.length === before) ledger.keep(kind, "as they should be");
  const closed = ours.filter((name) => (center.fields[name] ?? "Edit") !== "Edit");
  if (closed.length > 0) {
    ledger.note(kind, `people cannot change ${closed.join(", ")} there, as someone has set it`);
  }
}

async function openFields({ api, ledger }: Step, { enabled, fields }: Center): Promise<void> {
  const missing = ours.filter((name) => fields[name] === undefined);
  if (enabled && missing.length === 0) return;
  const added = Object.fromEntries(missing.map((name) => [name, "Edit" as const]));
  await ledger.update(kind, `${missing.join(", ")}: people change these themselves`, () =>
    api.send((client) =>
      client.PATCH("/api/account-center", {
        body: { enabled: true, fields: { ...fields, ...added } },
      }),
    ),
  );
}

/** There is no profile page without fields, and they have to be in the catalogue. */
async function openProfilePage(
  { api, ledger }: Step,
  { profileFields }: Center,
  { signUpProfileFields }: Experience,
): Promise<void> {
  if (profileFields) return;
  await ledger.update(
    kind,
    "a page for name and picture: there is none without fields",
    async () => {
      const catalogue = await api.read(z.array(named), (client) =>
        client.GET("/api/custom-profile-fields"),
      );
      // First, as Logto would otherwise ask for everything in the catalogue at registration.
      if (!signUpProfileFields) {
        const asked = catalogue.map(({ name }) => ({ name }));
        await sendExperience(api, { signUpProfileFields: asked });
      }
      await addToCatalogue(api, catalogue);
      const shown = onProfilePage.map(({ name }) => ({ name }));
      await api.send((client) =>
        client.PATCH("/api/account-center", { body: { profileFields: shown } }),
      );
    },
  );
}

async function addToCatalogue(api: ManagementApi, present: { name: string }[]): Promise<void> {
  for (const body of onProfilePage) {
    if (present.some(({ name }) => name === body.name)) continue;
    await api.send((client) => client.POST("/api/custom-profile-fields", { body }));
  }
}

/** Offers a second factor on the account pages. With this policy, sign-in does not ask for it. */
async function offerSecondFactor(step: Step, { mfa }: Experience): Promise<void> {
  if (mfa.factors.length > 0 || mfa.policy !== "UserControlled") return;
  const text = "second factor by an authenticator app: people add it themselves, nobody is asked";
  await changeExperience(step, kind, text, {
    mfa: { ...mfa, factors: ["Totp", "BackupCode"], policy: "NoPrompt" },
  });
}
