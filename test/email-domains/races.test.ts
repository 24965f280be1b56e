import { describe, expect, it } from "vitest";

import { removeDomain } from "../../src/email-domains/email-domain.ts";
import { joinByAddress, joinBySigningIn } from "../../src/email-domains/joining.ts";
import { removeMember } from "../../src/memberships/member.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import { repetitions } from "../support/endurance.ts";
import { readEvents, readMembers, readRole } from "../support/world.ts";
import { addDomain, assemble, giveAddress, joiningPath } from "./world.ts";

const application = useApplication();
const runs = repetitions(50);

async function arrange(options: Parameters<typeof addDomain>[2] = {}) {
  const owner = await application.createPerson();
  const organization = await application.createOrganization(owner);
  const domain = await addDomain(application, organization, options);
  const person = await application.createPerson();
  await giveAddress(application, person, `${person.id}@${domain}`);
  return { owner, organization, domain, person, guest: actorIn(person, organization) };
}

describe("a person who joins by their address", () => {
  it.each(["offer", "request"])(
    "IN02 has one effect, for %s, if they press the button 20 times at once",
    async (mode) => {
      const { organization, outsider } = await assemble(application);
      const domain = await addDomain(application, organization, { mode });
      await giveAddress(application, outsider.person, `out@${domain}`);
      const path = joiningPath(organization, domain, outsider.person);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => outsider.agent.post(path)),
      );
      const target = mode === "offer" ? `/o/${organization.slug}` : "/organizations";
      expect(new Set(answers.map(({ headers }) => headers["location"]))).toEqual(new Set([target]));
      const role = mode === "offer" ? "member" : null;
      expect(await readRole(application, organization, outsider.person)).toBe(role);
      expect(await readEvents(application, organization)).toHaveLength(1);
    },
  );

  it("joins before the removal of the domain or not at all", async () => {
    const outcomes = new Map<string, number>();
    for (let run = 0; run < runs; run += 1) {
      const { owner, organization, domain, person, guest } = await arrange();
      const actor = actorIn(owner, organization);
      const [joined, removed] = await Promise.all([
        attempt(joinByAddress(application.database, guest, { domain })),
        attempt(removeDomain(application.database, actor, { domain })),
      ]);
      expect(removed).toBe("done");
      const isMember = (await readMembers(application, organization)).has(person.id);
      const actions = (await readEvents(application, organization)).map(({ action }) => action);
      expect({ isMember, actions }).toEqual(
        joined === "done"
          ? { isMember: true, actions: ["member.joined", "email_domain.removed"] }
          : { isMember: false, actions: ["email_domain.removed"] },
      );
      outcomes.set(joined, (outcomes.get(joined) ?? 0) + 1);
    }
    for (const outcome of outcomes.keys()) expect(["done", "request.not_found"]).toContain(outcome);
  });

  it("does not return by signing in while an admin removes them", async () => {
    for (let run = 0; run < runs; run += 1) {
      const { owner, organization, domain, person, guest } = await arrange({ mode: "automatic" });
      await joinByAddress(application.database, guest, { domain });
      const [removed] = await Promise.all([
        attempt(
          removeMember(application.database, actorIn(owner, organization), { userId: person.id }),
        ),
        ...Array.from({ length: 3 }, () =>
          joinBySigningIn(application.database, guest, { domain }),
        ),
      ]);
      expect(removed).toBe("done");
      expect((await readMembers(application, organization)).has(person.id)).toBe(false);
    }
  });
});
