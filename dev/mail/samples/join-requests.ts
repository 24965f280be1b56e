import { writeRequest } from "../../../src/join-requests/mail-text.ts";
import { organization, sample } from "../sample.ts";

const huggingFace = { subject: "1", handle: "grace", organizations: [], confirmedAt: null };

export const samples = [
  sample("A person asks to join", writeRequest, { organization }, "owner", {
    name: "Grace Lin",
    provenEmails: ["grace@example.test"],
    huggingFace,
  }),
];
