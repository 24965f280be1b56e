type Parameters = Record<string, unknown>;

const screens: Record<string, string> = {
  sign_in: "sign-in",
  register: "register",
  reset_password: "reset-password",
  single_sign_on: "single-sign-on",
  "identifier:sign_in": "identifier-sign-in",
  "identifier:register": "identifier-register",
};

/** Parameters of Logto's own at the authorization endpoint (beside OpenID's). */
export const logtoParameters = [
  "first_screen",
  "direct_sign_in",
  "identifier",
  "interaction_mode",
  "organization_id",
];

const handedOn = ["organization_id", "login_hint", "identifier", "ui_locales"];

/** The hosted page an authorization request starts on: paths and query as a Logto server chooses them. */
export function chooseSignInPage(parameters: Parameters): string {
  const screen = chooseScreen(parameters);
  const query = new URLSearchParams({ app_id: text(parameters["client_id"]) });
  const [method, target] = text(parameters["direct_sign_in"]).split(":");
  if ((method === "social" || method === "sso") && target) {
    query.set("fallback", screen);
    return `/direct/${method}/${encodeURIComponent(target)}?${query}`;
  }
  for (const name of handedOn) {
    const value = text(parameters[name]);
    if (value) query.set(name, value);
  }
  return `/${screen}?${query}`;
}

function chooseScreen(parameters: Parameters): string {
  // Deprecated in Logto, but still obeyed.
  if (parameters["interaction_mode"] === "signUp") return "register";
  return screens[text(parameters["first_screen"])] ?? "sign-in";
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
