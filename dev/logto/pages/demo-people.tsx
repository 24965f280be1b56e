import type { DemoPerson } from "../people/demo-person.ts";
import type { Database } from "../store/database.ts";
import type { Frame } from "./steps.ts";

/** Submits the form of a demo person. */
export const demoPeoplePath = "/sign-in/demo-person";

/** Finds the demo people who have an account here: they may not have been made yet, or be deleted. */
export async function findDemoPeople(
  sql: Database,
  people: readonly DemoPerson[],
): Promise<DemoPerson[]> {
  if (people.length === 0) return [];
  const usernames = people.map(({ identifier }) => identifier);
  const rows = await sql<{ username: string }[]>`
    select username from users where username = any(${usernames}) and not is_suspended`;
  const found = new Set(rows.map(({ username }) => username));
  return people.filter(({ identifier }) => found.has(identifier));
}

/** Lists the demo people: a press signs in as one of them, without a password. A real Logto has nothing like it. */
export function DemoPeople({ demoPeople, search, formToken }: Frame) {
  if (demoPeople.length === 0) return null;
  return (
    <section aria-labelledby="demo-people">
      <h2 id="demo-people">Sign in as a demo person</h2>
      <ul class="choices">
        {demoPeople.map(({ identifier, name, note }) => (
          <li key={identifier}>
            <form method="post" action={`${demoPeoplePath}${search}`}>
              <input type="hidden" name="form_token" value={formToken} />
              <button class="choice" name="identifier" value={identifier}>
                <span>
                  <strong>{name}</strong>
                  <small>{note}</small>
                </span>
              </button>
            </form>
          </li>
        ))}
      </ul>
    </section>
  );
}
