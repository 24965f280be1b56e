import { fillDemo } from "../../../dev/demo/demo.ts";
import { noAccounts } from "../../../dev/demo/accounts.ts";
import { sampleRequest, send } from "../../isolation/sample-request.ts";
import type { Person, RunningApplication } from "../../support/application.ts";

/** The demo organization and its people. */
export type PictureWorld = {
  /** A demo person, by the username. */
  find(username: string): Person;
  /** Fills the parameters of a route's path. */
  fillIn(path: string): string;
};

/** Makes the demo organization, with something on each of its pages. */
export async function makePictureWorld(application: RunningApplication): Promise<PictureWorld> {
  const { query, routes, database } = application;
  await fillDemo(database, noAccounts);
  const people = await query<Person & { username: string }>("select id, name, username from users");
  const find = (username: string): Person => {
    const person = people.find((each) => each.username === username);
    if (!person) throw new Error(`The demo has no person ${username}.`);
    return person;
  };
  const [organization = { id: "", slug: "", name: "" }] = await query<{
    id: string;
    slug: string;
    name: string;
  }>("select id, slug, name from organizations where name = 'Acme Robotics'");
  const mails = await application.deliverMail();
  const tokens = mails.flatMap(
    ({ text = "" }) => /\/invitations\/([\w-]{43})/.exec(text)?.[1] ?? [],
  );

  const owner = find("ada");
  const agent = await application.signInAs(owner, { authenticationAge: 0 });
  const isDeclared = (path: string) => routes.some((route) => route.path === path);
  /** Submits a form of the organization with these values, as far as it has such fields. */
  async function submit(path: string, values: Record<string, string>): Promise<void> {
    const route = routes.find((each) => each.method === "POST" && each.path === path);
    if (!route) return;
    const request = await sampleRequest(application, route, { organization, owner });
    const known = Object.entries(values).filter(([name]) => name in (request.body ?? {}));
    const body = { ...request.body, ...Object.fromEntries(known) };
    const { status } = await send(agent, route, { ...request, body });
    if (status >= 400) throw new Error(`POST ${path} answered ${status}.`);
  }
  const recipients = "lena@example.test\nomar@example.test\n@marie-curie";
  await submit("/o/:slug/invitations", { recipients, days: "30" });
  await submit("/o/:slug/invitation-links", { maxUses: "5", days: "7" });
  await submit("/o/:slug/email-domains", { domain: "acme-robotics.example" });
  if (isDeclared("/o/:slug/join-requests")) {
    const asker = await application.createPerson("Priya Raman");
    await query(
      `insert into join_requests (organization_id, id, user_id, role, origin, origin_id)
       values ($1, uuidv7(), $2, 'member', 'test', 'a friend')`,
      [organization.id, asker.id],
    );
  }
  const params: Record<string, string | undefined> = {
    slug: organization.slug,
    token: tokens[0],
    projectId: isDeclared("/o/:slug/projects/:projectId")
      ? (await query<{ id: string }>("select id from projects where name = 'Gripper mark II'"))[0]
          ?.id
      : undefined,
  };
  return {
    find,
    fillIn: (path) =>
      path.replaceAll(/:(\w+)/g, (_all, name: string) => {
        const value = params[name];
        if (value === undefined)
          throw new Error(`picture-world.ts does not know :${name} of ${path}.`);
        return value;
      }),
  };
}
