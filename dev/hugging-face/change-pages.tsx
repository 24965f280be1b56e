import { renderDocument } from "../pages/document.tsx";
import { PeopleList, PersonSummary, standIn } from "./pages.tsx";
import { organizationRoles, type Membership, type Person } from "./people.ts";
import type { World } from "./world.ts";

type Organization = World["organizations"][number];

/** The page that userinfo gives as `profile`: it shows a person and lets a developer change them. */
export function renderProfilePage(world: World, person: Person): string {
  return renderDocument({
    title: person.preferred_username,
    standIn,
    children: (
      <>
        <h1>{person.preferred_username}</h1>
        <div class="card">
          <div class="person">
            <PersonSummary person={person} />
          </div>
          <dl>
            <dt>sub</dt>
            <dd>
              <code>{person.sub}</code>
            </dd>
            <dt>access token</dt>
            <dd>
              <code>{world.findAccessToken(person)}</code>
            </dd>
          </dl>
          <HandleForm handle={person.preferred_username} />
        </div>
        {world.organizations.map((organization) => (
          <MembershipForm
            person={person}
            organization={organization}
            membership={person.orgs?.find((org) => org.sub === organization.sub)}
          />
        ))}
        <p class="quiet below">
          An application sees a change when the person signs in there the next time, or when it asks
          for the members of an organization.
        </p>
      </>
    ),
  });
}

/** The page of an organization and its members. */
export function renderOrganizationPage(world: World, organization: Organization): string {
  const { sub, name, preferred_username } = organization;
  const isIn = (person: Person) => person.orgs?.some((org) => org.sub === sub);
  return renderDocument({
    title: preferred_username,
    standIn,
    children: (
      <>
        <div class="card">
          <h1>{name}</h1>
          <dl>
            <dt>sub</dt>
            <dd>
              <code>{sub}</code>
            </dd>
          </dl>
          <HandleForm handle={preferred_username} />
        </div>
        <PeopleList people={world.people.filter(isIn)} />
      </>
    ),
  });
}

function HandleForm({ handle }: { handle: string }) {
  return (
    <form method="post" action={`/${handle}/handle`}>
      <label for="handle">Handle</label>
      <input id="handle" name="handle" value={handle} />
      <div class="actions">
        <button>Rename</button>
      </div>
    </form>
  );
}

function MembershipForm(props: {
  person: Person;
  organization: Organization;
  membership: Membership | undefined;
}) {
  const { person, organization, membership } = props;
  const handle = organization.preferred_username;
  return (
    <div class="card">
      <h2>
        <a href={`/${handle}`}>{organization.name}</a>
      </h2>
      <form method="post" action={`/${person.preferred_username}/memberships`}>
        <input type="hidden" name="organization" value={handle} />
        <label for={`role-${handle}`}>Role</label>
        <select id={`role-${handle}`} name="role">
          <option value="">not a member</option>
          {organizationRoles.map((role) => (
            <option value={role} selected={role === membership?.roleInOrg}>
              {role}
            </option>
          ))}
        </select>
        <p>
          <label>
            <input type="checkbox" name="pendingSSO" checked={membership?.pendingSSO} /> has yet to
            do its single sign-on
          </label>
        </p>
        <p>
          <label>
            <input type="checkbox" name="missingMFA" checked={membership?.missingMFA} /> lacks its
            second factor
          </label>
        </p>
        <div class="actions">
          <button>Save</button>
        </div>
      </form>
    </div>
  );
}
