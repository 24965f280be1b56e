import { z } from "zod";
import type { Queryable } from "../store/database.ts";
import { readSignInExperience } from "../experience/sign-in-experience.ts";

const identifier = z.enum(["username", "email", "phone"]);

const settingsSchema = z.object({
  signInMode: z.enum(["SignIn", "Register", "SignInAndRegister"]),
  signIn: z.object({
    methods: z.array(
      z.object({
        identifier,
        password: z.boolean(),
        verificationCode: z.boolean(),
        isPasswordPrimary: z.boolean(),
      }),
    ),
  }),
  signUp: z.object({
    identifiers: z.array(identifier),
    secondaryIdentifiers: z.array(z.object({ identifier })).default([]),
    password: z.boolean(),
  }),
  socialSignIn: z.object({
    automaticAccountLinking: z.boolean().default(false),
    skipRequiredIdentifiers: z.boolean().default(false),
  }),
  mfa: z.object({ factors: z.array(z.string()), policy: z.string() }),
  singleSignOnEnabled: z.boolean(),
  unknownSessionRedirectUrl: z.string().nullable(),
});

/** The part of the sign-in experience that the hosted pages follow. */
export type SignInSettings = z.infer<typeof settingsSchema>;

export async function readSignInSettings(sql: Queryable): Promise<SignInSettings> {
  return settingsSchema.parse(await readSignInExperience(sql));
}

/** The identifiers that these pages support; phone numbers are not. */
export type IdentifierType = "username" | "email";
type Named = { identifier: z.infer<typeof identifier> };

function typesOf(named: Named[]): IdentifierType[] {
  return named.flatMap(({ identifier: type }) => (type === "phone" ? [] : [type]));
}

export const signInTypes = ({ signIn }: SignInSettings) => typesOf(signIn.methods);

export const signUpTypes = ({ signUp }: SignInSettings) =>
  typesOf(signUp.identifiers.map((type) => ({ identifier: type })));

export const methodFor = ({ signIn }: SignInSettings, type: IdentifierType) =>
  signIn.methods.find(({ identifier: of }) => of === type);

/** Tells whether the first page asks for the password as well. */
export const isPasswordOnly = ({ signIn }: SignInSettings) =>
  signIn.methods.every(({ password, verificationCode }) => password && !verificationCode);

/** Tells whether people may register, or sign in. */
export const admits = ({ signInMode }: SignInSettings, event: "SignIn" | "Register") =>
  signInMode === "SignInAndRegister" || signInMode === event;

/** With this policy, Logto offers a second factor at every sign-in. The stand-in has no other policies. */
export const asksForFactors = ({ mfa }: SignInSettings) =>
  mfa.policy === "UserControlled" && mfa.factors.length > 0;

type Known = { username: boolean; email: boolean; password: boolean };

/**
 * Lists what an account lacks before its user can sign in, in the order in which Logto asks. With both a
 * username and an address to sign up by, Logto asks for the username alone.
 */
export function findMissing({ signUp }: SignInSettings, known: Known): (keyof Known)[] {
  const primary = (["username", "email"] as const).find((type) =>
    signUp.identifiers.includes(type),
  );
  const secondary = typesOf(signUp.secondaryIdentifiers);
  const wanted: (keyof Known)[] = [
    ...(primary ? [primary] : []),
    ...secondary,
    ...(signUp.password ? (["password"] as const) : []),
  ];
  return [...new Set(wanted)].filter((field) => !known[field]);
}
