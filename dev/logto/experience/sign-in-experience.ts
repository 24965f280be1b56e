import type { Queryable } from "../store/database.ts";
import { changeStored, readStored } from "../store/stored-settings.ts";

type Member = string | boolean | null | object;
export type Identifier = "username" | "email" | "phone";
export type SignInExperience = Record<string, Member> & {
  signInMode: "SignIn" | "Register" | "SignInAndRegister";
  signIn: {
    methods: {
      identifier: Identifier;
      password: boolean;
      verificationCode: boolean;
      isPasswordPrimary: boolean;
    }[];
  };
  signUp: {
    identifiers: Identifier[];
    password: boolean;
    verify: boolean;
    secondaryIdentifiers?: { identifier: Identifier | "emailOrPhone"; verify?: boolean }[];
  };
  socialSignIn: { automaticAccountLinking?: boolean; skipRequiredIdentifiers?: boolean };
  socialSignInConnectorTargets: string[];
  mfa: { factors: string[]; policy: string };
  singleSignOnEnabled: boolean;
  unknownSessionRedirectUrl: string | null;
};

/** The settings of a fresh Logto. */
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

const name = "sign-in experience";

/** Reads how people sign in, as the operator has set it. */
export async function readSignInExperience(sql: Queryable): Promise<SignInExperience> {
  return { ...fresh, ...(await readStored(sql, name)) };
}

/** Each given member replaces the old one, whole. */
export async function changeSignInExperience(
  sql: Queryable,
  change: Partial<SignInExperience>,
): Promise<SignInExperience> {
  await changeStored(sql, name, change);
  return readSignInExperience(sql);
}
