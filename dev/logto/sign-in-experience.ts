import { type Queryable, toJson } from "./database.ts";

type Member = string | boolean | null | object;
export type SignInExperience = Record<string, Member> & { socialSignInConnectorTargets: string[] };

/** As a fresh Logto has it. */
const fresh: SignInExperience = {
  tenantId: "default",
  id: "default",
  color: { primaryColor: "#6139F6", isDarkModeEnabled: false, darkPrimaryColor: "#8768F8" },
  branding: {
    logoUrl: "https://logto.io/logo.svg",
    darkLogoUrl: "https://logto.io/logo-dark.svg",
  },
  hideLogtoBranding: false,
  languageInfo: { autoDetect: true, fallbackLanguage: "en" },
  termsOfUseUrl: null,
  privacyPolicyUrl: null,
  agreeToTermsPolicy: "Automatic",
  signIn: {
    methods: [
      {
        identifier: "username",
        password: true,
        verificationCode: false,
        isPasswordPrimary: true,
      },
    ],
  },
  signUp: { identifiers: ["username"], password: true, verify: false },
  socialSignIn: {},
  socialSignInConnectorTargets: [],
  signInMode: "SignInAndRegister",
  customCss: null,
  customContent: {},
  customUiAssets: null,
  customUiCsp: {},
  passwordPolicy: {},
  mfa: { factors: [], policy: "UserControlled" },
  adaptiveMfa: {},
  singleSignOnEnabled: false,
  supportEmail: null,
  supportWebsiteUrl: null,
  unknownSessionRedirectUrl: null,
  captchaPolicy: {},
  sentinelPolicy: {},
  emailBlocklistPolicy: {},
  verificationCodePolicy: {},
  forgotPasswordMethods: [],
  passkeySignIn: {},
  signUpProfileFields: null,
  passwordExpiration: {},
  usernamePolicy: {
    caseSensitive: true,
    minLength: 1,
    maxLength: 128,
    allowedChars: { lowercase: true, uppercase: true, numbers: true, underscore: true },
  },
};

/**
 * What the operator has set about how people sign in. It is kept and told; the stand-in's own pages follow only its
 * social buttons.
 */
export async function readSignInExperience(sql: Queryable): Promise<SignInExperience> {
  const [row] = await sql<{ value: SignInExperience }[]>`
    select value from settings where name = 'sign-in experience'`;
  return { ...fresh, ...row?.value };
}

/** Each member given replaces what was there, whole. */
export async function changeSignInExperience(
  sql: Queryable,
  change: Partial<SignInExperience>,
): Promise<SignInExperience> {
  await sql`
    insert into settings (name, value) values ('sign-in experience', ${sql.json(toJson(change))})
    on conflict (name) do update set value = settings.value || excluded.value`;
  return readSignInExperience(sql);
}
