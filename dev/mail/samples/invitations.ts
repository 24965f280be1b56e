import { writeInvitation } from "../../../src/invitations/mail-text.ts";
import { organization, sample } from "../sample.ts";

const invitation = {
  to: "dana@example.test",
  inviter: "Ada Byron",
  organization: organization.name,
  role: "member",
  expiresAt: new Date("2027-01-31"),
  url: "http://localhost:3000/invitations/Zc5yYhKnOQe3Pq0m7dUuJ4xW2tVbR8sLfA1gHiEoNvk",
} as const;

export const samples = [
  sample("A person is invited", writeInvitation, {
    ...invitation,
    inviterEmail: "ada@example.test",
  }),
  sample("The inviter has proven no address", writeInvitation, {
    ...invitation,
    inviterEmail: null,
    role: "admin",
  }),
];
