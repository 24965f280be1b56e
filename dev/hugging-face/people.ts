/** The roles that a member of an organization can have, strongest first. */
export const organizationRoles = ["admin", "write", "contributor", "read"] as const;

/** The organization part of a userinfo answer, without the picture, which the stand-in serves itself. */
export type Membership = {
  sub: string;
  name: string;
  preferred_username: string;
  isEnterprise: boolean;
  canPay?: boolean;
  roleInOrg: (typeof organizationRoles)[number];
  /** The organization wants single sign-on, and this person has not done it. */
  pendingSSO?: boolean;
  /** The organization wants a second factor, and this person has none. */
  missingMFA?: boolean;
};

/** A person with a Hugging Face account. The fields are spelled as at Hugging Face. */
export type Person = {
  sub: string;
  preferred_username: string;
  name: string | null;
  hasPicture: boolean;
  website?: string;
  email?: string;
  email_verified?: boolean;
  isPro?: boolean;
  canPay?: boolean;
  orgs?: Membership[];
};

export const analytical = {
  sub: "65aa0000000000000000000a",
  name: "Analytical",
  preferred_username: "analytical",
  isEnterprise: false,
};

export const orbitalWorks = {
  sub: "65aa0000000000000000000b",
  name: "Orbital Works",
  preferred_username: "orbital-works",
  isEnterprise: true,
};

/** The people at the start: one of each kind that an application has to handle. */
export const people: readonly Person[] = [
  {
    sub: "64f0a1b2c3d4e5f60718293a",
    preferred_username: "ada",
    name: "Ada Lovelace",
    hasPicture: true,
    website: "",
    email: "ada@hf.example",
    email_verified: true,
    isPro: false,
    canPay: false,
    orgs: [{ ...analytical, canPay: false, roleInOrg: "admin" }],
  },
  {
    sub: "64f0a1b2c3d4e5f60718293b",
    preferred_username: "grace",
    name: "Grace Hopper",
    hasPicture: true,
    website: "",
    email: "grace@hf.example",
    email_verified: false,
    isPro: true,
    canPay: false,
    orgs: [],
  },
  {
    sub: "64f0a1b2c3d4e5f60718293c",
    preferred_username: "noemail",
    name: null,
    hasPicture: false,
  },
  {
    sub: "64f0a1b2c3d4e5f60718293d",
    preferred_username: "katherine",
    name: "Katherine Johnson",
    hasPicture: true,
    website: "https://orbital.example",
    email: "katherine@hf.example",
    email_verified: true,
    isPro: true,
    canPay: true,
    orgs: [
      { ...orbitalWorks, canPay: true, roleInOrg: "admin" },
      {
        ...analytical,
        roleInOrg: "contributor",
        pendingSSO: true,
        missingMFA: true,
      },
    ],
  },
  {
    sub: "64f0a1b2c3d4e5f60718293e",
    preferred_username: "mary",
    name: "Mary Jackson",
    hasPicture: true,
    email: "mary@hf.example",
    email_verified: true,
    isPro: false,
    orgs: [{ ...orbitalWorks, roleInOrg: "write" }],
  },
  {
    sub: "64f0a1b2c3d4e5f60718293f",
    preferred_username: "valentina",
    name: "Valentina Tereshkova",
    hasPicture: true,
    email: "valentina@hf.example",
    email_verified: true,
    isPro: false,
    orgs: [{ ...orbitalWorks, roleInOrg: "read" }],
  },
];
