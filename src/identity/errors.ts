import { type AppError, defineErrors } from "../http/errors.ts";

const entries = defineErrors({
  "sign_in.account_suspended": {
    status: 403,
    title: "This account is suspended",
    detail:
      "It was suspended at our identity provider, so you were not signed in. Ask the people who run this site about it.",
  },
  "sign_in.account_deleted": {
    status: 403,
    title: "This account was deleted",
    detail:
      "It was deleted here, for good. To sign in with another account, sign out of this one at our identity provider first.",
  },
});

/** The person had deleted their account, and the identity provider still knows them. */
export const deletedAccount = (): AppError =>
  entries("sign_in.account_deleted", { action: { label: "Sign out", href: "/sign-out" } });

/** The person was suspended while they were signing in. */
export const suspendedAccount = (): AppError =>
  entries("sign_in.account_suspended", { action: { label: "Sign out", href: "/sign-out" } });
