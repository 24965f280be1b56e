import { expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { sampleRequest, send } from "./sample-request.ts";

const application = useApplication();

const countEvents = async () => (await application.query("select from audit_events")).length;

// Another tab of the browser may have signed another account in since the page was made.
it("every form of a person who may not belong to the organization is refused if the page was made for another account", async () => {
  const owner = await application.createPerson();
  const organization = await application.createOrganization(owner);
  const other = await application.createPerson();
  const agent = await application.signInAs(owner, { authenticationAge: 0 });
  const outcomes: Record<string, unknown> = {};
  const routes = application.routes.filter(({ path }) =>
    /^\/(organizations|invitations)\//.test(path),
  );
  for (const route of routes.filter(({ method }) => method !== "GET")) {
    const request = await sampleRequest(application, route, { organization, owner });
    if (request.query["account"] === undefined) continue;
    const before = await countEvents();
    const stale = await send(agent, route, { ...request, query: { account: other.id } });
    const bare = await send(agent, route, { ...request, query: {} });
    const codes = [stale, bare].map(({ body }) => (body as { code: string }).code);
    outcomes[route.path] = [...codes, (await countEvents()) - before];
  }
  const paths = Object.keys(outcomes);
  expect(paths).not.toEqual([]);
  const refused = ["account.page_outdated", "request.malformed", 0];
  expect(outcomes).toEqual(Object.fromEntries(paths.map((path) => [path, refused])));
});
