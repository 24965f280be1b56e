import type { Identifier, SignInExperience } from "../experience/sign-in-experience.ts";

/** The identifiers that these pages support; phone numbers are not. */
export type IdentifierType = "username" | "email";

function typesOf(named: { identifier: Identifier | "emailOrPhone" }[]): IdentifierType[] {
  return named.flatMap(({ identifier: type }) =>
    type === "phone" || type === "emailOrPhone" ? [] : [type],
  );
}

export const signInTypes = ({ signIn }: SignInExperience) => typesOf(signIn.methods);

export const signUpTypes = ({ signUp }: SignInExperience) =>
  typesOf(signUp.identifiers.map((type) => ({ identifier: type })));

export const methodFor = ({ signIn }: SignInExperience, type: IdentifierType) =>
  signIn.methods.find(({ identifier: of }) => of === type);

/** Tells whether the first page asks for the password as well. */
export const isPasswordOnly = ({ signIn }: SignInExperience) =>
  signIn.methods.every(({ password, verificationCode }) => password && !verificationCode);

/** Tells whether people may register, or sign in. */
export const admits = ({ signInMode }: SignInExperience, event: "SignIn" | "Register") =>
  signInMode === "SignInAndRegister" || signInMode === event;

/** With this policy, Logto offers a second factor at every sign-in. The stand-in has no other policies. */
export const asksForFactors = ({ mfa }: SignInExperience) =>
  mfa.policy === "UserControlled" && mfa.factors.length > 0;

type Known = { username: boolean; email: boolean; password: boolean };

/**
 * Lists what an account lacks before its user can sign in, in the order in which Logto asks. With both a
 * username and an address to sign up by, Logto asks for the username alone.
 */
export function findMissing({ signUp }: SignInExperience, known: Known): (keyof Known)[] {
  const primary = (["username", "email"] as const).find((type) =>
    signUp.identifiers.includes(type),
  );
  const secondary = typesOf(signUp.secondaryIdentifiers ?? []);
  const wanted: (keyof Known)[] = [
    ...(primary ? [primary] : []),
    ...secondary,
    ...(signUp.password ? (["password"] as const) : []),
  ];
  return [...new Set(wanted)].filter((field) => !known[field]);
}
