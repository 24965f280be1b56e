import { renderPage } from "../pages/layout.tsx";
import type { User } from "../people/users.ts";

/** @param has.connectorId of Hugging Face */
export function renderOverviewPage(
  user: Pick<User, "username" | "primaryEmail" | "passwordDigest" | "identities">,
  { connectorId, hasApp }: { connectorId: string | undefined; hasApp: boolean },
): string {
  const { username, primaryEmail, passwordDigest, identities } = user;
  const isLinked = "huggingface" in identities;
  const rows: [string, string, string][] = [
    ["Username", username ?? "Not set", "/account/username"],
    ["Email", primaryEmail ?? "Not set", "/account/email"],
    ["Password", passwordDigest ? "Configured" : "Not configured", "/account/password"],
  ];
  const app = `/account/authenticator-app${hasApp ? "/remove" : ""}`;
  rows.push(["Authenticator app", hasApp ? "Added" : "Not added", app]);
  if (connectorId !== undefined) {
    const path = `/account/social/${connectorId}${isLinked ? "/remove" : ""}`;
    rows.push(["Hugging Face", isLinked ? "Linked" : "Not linked", path]);
  }
  return renderPage({
    title: "Security",
    children: (
      <>
        <p>Change your account settings here to ensure your account security.</p>
        <ul class="choices">
          {rows.map(([title, value, path]) => (
            <li key={title}>
              <a class="choice" href={path}>
                <span>
                  {title}
                  <small>{value}</small>
                </span>
              </a>
            </li>
          ))}
        </ul>
      </>
    ),
  });
}
