import { renderDocument } from "../pages/document.tsx";
import { scopeMeanings, type AuthorizationRequest } from "./authorization-request.ts";
import type { Person } from "./people.ts";

export const standIn = "Hugging Face stand-in";

/** Asks the developer which person to be. */
export function renderPeoplePage(people: readonly Person[], request: AuthorizationRequest): string {
  const addressOf = (person: Person) => {
    const parameters = new URLSearchParams(request.parameters);
    parameters.set("person", person.preferred_username);
    return `/oauth/authorize?${parameters.toString()}`;
  };
  return renderDocument({
    title: "Choose a person",
    standIn,
    children: (
      <>
        <h1>Who do you want to be at Hugging Face?</h1>
        <p class="quiet">No password needed: nobody here is real.</p>
        <PeopleList people={people} addressOf={addressOf} />
      </>
    ),
  });
}

/** Asks for consent to an application. */
export function renderConsentPage(request: AuthorizationRequest, person: Person): string {
  return renderDocument({
    title: "Authorize",
    standIn,
    children: (
      <div class="card">
        <div class="person">
          <PersonSummary person={person} />
        </div>
        <h1>Authorize {request.application.name}?</h1>
        <p>It asks to:</p>
        <ul>
          {request.scopes.map((scope) => (
            <li>
              {scopeMeanings[scope]} <code class="quiet">{scope}</code>
            </li>
          ))}
        </ul>
        <p class="quiet">
          You go back to <code>{new URL(request.redirectUri).origin}</code>.
        </p>
        <form method="post" action="/oauth/authorize">
          {[...request.parameters].map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <div class="actions">
            <button class="primary" name="decision" value="authorize">
              Authorize
            </button>
            <button name="decision" value="refuse">
              Cancel
            </button>
          </div>
        </form>
      </div>
    ),
  });
}

export function renderFrontPage(people: readonly Person[]): string {
  return renderDocument({
    title: "People",
    standIn,
    children: (
      <>
        <h1>The people here</h1>
        <p class="quiet">
          Applications send you to this place to continue with Hugging Face. Open a person to change
          their organizations.
        </p>
        <PeopleList people={people} />
        <p class="quiet below">
          A person who has authorized an application is not asked again in this browser, until they
          sign out.
        </p>
        <form method="post" action="/logout">
          <button>Sign out</button>
        </form>
      </>
    ),
  });
}

export function renderFaultPage(message: string): string {
  return renderDocument({
    title: "This does not work",
    standIn,
    children: (
      <div class="card">
        <h1>This does not work</h1>
        <p>{message}</p>
        <p class="quiet">Go back to the application and start again from there.</p>
      </div>
    ),
  });
}

/** Links to people: to their profiles, unless another address is given. */
export function PeopleList({
  people,
  addressOf = (person) => `/${person.preferred_username}`,
}: {
  people: readonly Person[];
  addressOf?: (person: Person) => string;
}) {
  return (
    <ul class="choices">
      {people.map((person) => (
        <li>
          <a class="choice" href={addressOf(person)}>
            <PersonSummary person={person} />
          </a>
        </li>
      ))}
    </ul>
  );
}

/** A person in two lines. */
export function PersonSummary({ person }: { person: Person }) {
  const organizations = (person.orgs ?? []).map((org) => org.name).join(", ");
  return (
    <>
      <img class="avatar" src={`/avatars/${person.preferred_username}.svg`} alt="" />
      <span>
        <strong>{person.name ?? person.preferred_username}</strong>
        <small>
          @{person.preferred_username} · <EmailState person={person} />
          {organizations && <> · {organizations}</>}
        </small>
      </span>
    </>
  );
}

function EmailState({ person }: { person: Person }) {
  if (person.email === undefined) return <span class="wary">no email address</span>;
  if (!person.email_verified) return <span class="wary">{person.email}, not verified</span>;
  return <span class="good">{person.email}, verified</span>;
}
