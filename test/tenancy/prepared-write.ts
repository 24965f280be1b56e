import { confirmationPhrase } from "../../src/account/schema.ts";
import { makePlace, prepareFor } from "../isolation/cast.ts";
import { type DeclaredRoute, nameOf, sampleRequest, send } from "../isolation/sample-request.ts";
import type { RunningApplication } from "../support/application.ts";

/** A route that undoes something needs the opposite act first: at the same path with this end. */
const opposites: Readonly<Record<string, readonly [method: string, end: string]>> = {
  "POST /reinstatement": ["POST", "/suspension"],
  "DELETE /suspension": ["PUT", "/suspension"],
  "POST /restoration": ["POST", "/archive"],
  "POST /removal": ["POST", ""],
};

/** The route to call first, if there is one, and the end of its path. */
function findOpposite(application: RunningApplication, route: DeclaredRoute) {
  const end = /\/[^/:]+$/.exec(route.path)?.[0] ?? "";
  const [method, before = ""] = opposites[`${route.method} ${end}`] ?? [];
  const path = route.path.slice(0, -end.length) + before;
  const opposite = application.routes.find((each) => each.method === method && each.path === path);
  return opposite && { opposite, before };
}

/** An owner who has just signed in, in an organization with a second owner, and a request that the route fulfils. */
export async function prepareWrite(application: RunningApplication, route: DeclaredRoute) {
  const place = await makePlace(application);
  const { owner, organization } = place;
  const agent = await application.signInAs(owner, { authenticationAge: 5 });
  const request = await sampleRequest(application, route, place);
  if (request.body && route.path === "/account/deletion") {
    request.body["confirmation"] = confirmationPhrase;
  }
  await doOpposite(application, route, { place, request, agent });
  await prepareFor(application, route, place);
  return { owner, organization, agent, request };
}

/** Does what a route undoes, where it undoes something. */
export async function doOpposite(
  application: RunningApplication,
  route: DeclaredRoute,
  {
    place,
    request,
    agent,
  }: {
    place: Parameters<typeof sampleRequest>[2];
    request: { path: string };
    agent: Parameters<typeof send>[0];
  },
): Promise<void> {
  const first = findOpposite(application, route);
  if (!first) return;
  const { opposite, before } = first;
  const path = request.path.replace(/\/[^/]+$/, before);
  const sample = await sampleRequest(application, opposite, place);
  const answer = await send(agent, opposite, { ...sample, path });
  if (answer.status >= 400) throw new Error(`${nameOf(opposite)} answered ${answer.status}.`);
}
