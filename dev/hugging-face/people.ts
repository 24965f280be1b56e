/** The organization part of a userinfo answer; `picture` is a path here, the stand-in serves it itself. */
type Organization = {
  sub: string;
  name: string;
  preferred_username: string;
  isEnterprise: boolean;
  canPay?: boolean;
  roleInOrg: "admin" | "write" | "contributor" | "read";
  /** The organization wants single sign-on, and this person has not done it. */
  pendingSSO?: boolean;
  /** The organization wants a second factor, and this person has none. */
  missingMFA?: boolean;
};

/** Somebody with a Hugging Face account, and what there is to know about them, spelled as Hugging Face does. */
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
  orgs?: Organization[];
};

const analytical = {
  sub: "65aa0000000000000000000a",
  name: "Analytical",
  preferred_username: "analytical",
};

const orbitalWorks = {
  sub: "65aa0000000000000000000b",
  name: "Orbital Works",
  preferred_username: "orbital-works",
};

/** One of each kind that an application has to cope with. */
export const people: Person[] = [
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
    orgs: [{ ...analytical, isEnterprise: false, canPay: false, roleInOrg: "admin" }],
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
      { ...orbitalWorks, isEnterprise: true, canPay: true, roleInOrg: "admin" },
      {
        ...analytical,
        isEnterprise: false,
        roleInOrg: "contributor",
        pendingSSO: true,
        missingMFA: true,
      },
    ],
  },
];

export function findPerson(username: string | undefined): Person | undefined {
  return people.find((person) => person.preferred_username === username);
}
