import { expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { openJoiningPage } from "../support/joining-page.ts";
import { addDomain, assemble, giveAddress, joiningPath, readClaim } from "./world.ts";

const application = useApplication();

it("the page of all ways to join shows owners the verified domains and their last use, and removes one", async () => {
  const { organization, owner, admin, outsider } = await assemble(application);
  const domain = await addDomain(application, organization, { role: "viewer" });
  const unverified = await addDomain(application, organization, { isVerified: false });
  const read = () => openJoiningPage(owner.agent, organization);
  expect((await read()).cards["Email domains"]).toMatch(
    new RegExp(
      `${domain} Viewer People with a verified address there can join. .* no use recorded`,
    ),
  );
  await giveAddress(application, outsider.person, `out@${domain}`);
  await outsider.agent.post(joiningPath(organization, domain, outsider.person)).expect(303);
  const { cards, close } = await read();
  expect(cards["Email domains"]).toContain("last used on");
  expect(cards["Email domains"]).not.toContain(unverified);
  expect((await openJoiningPage(admin.agent, organization)).html).not.toContain(domain);
  expect(await close(domain)).toContain(`${domain} was removed.`);
  expect(await readClaim(application, organization, domain)).toBeUndefined();
});

it("an approved request is a use of the domain", async () => {
  const { organization, owner, outsider } = await assemble(application);
  const domain = await addDomain(application, organization, { mode: "request" });
  await giveAddress(application, outsider.person, `out@${domain}`);
  await outsider.agent.post(joiningPath(organization, domain, outsider.person)).expect(303);
  const [request] = await application.query<{ id: string }>(
    "select id from join_requests where organization_id = $1",
    [organization.id],
  );
  const path = `/o/${organization.slug}/join-requests/${request?.id}/approval`;
  const read = async () =>
    (await openJoiningPage(owner.agent, organization)).cards["Email domains"] ?? "";
  expect(await read()).toContain("no use recorded");
  await owner.agent.post(path).expect(303);
  expect(await read()).toContain("last used on");
});
