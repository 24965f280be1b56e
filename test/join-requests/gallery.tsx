import type { VNode } from "preact";

import { JoinRequestsPage } from "../../src/join-requests/views.tsx";
import { evilActor } from "../views/evil-actor.ts";
import { evil } from "../views/evil.ts";
import { createdAt, longName, owner, showSection } from "../views/samples.tsx";

const asker = {
  id: "member-1",
  name: "Grace",
  provenEmails: [],
  unprovenEmails: [],
  huggingFace: { subject: "hf-1", handle: "amazing-grace", organizations: [], confirmedAt: null },
};

/** The pages of the feature, as people may see them. */
export const joinRequestGallery: Readonly<Record<string, VNode>> = {
  "join-requests": showSection(
    "Requests",
    <JoinRequestsPage
      actor={owner}
      requests={[
        {
          id: "request-1",
          asker: { ...asker, provenEmails: ["grace@acme.example"] },
          role: "member",
          reason: "may ask by an address at acme.example",
          askedAt: createdAt,
        },
        {
          id: "request-2",
          asker: {
            ...asker,
            id: "member-2",
            name: longName,
            unprovenEmails: [`${"l".repeat(60)}@${"o".repeat(60)}ng.example`],
          },
          role: "viewer",
          reason: null,
          askedAt: createdAt,
        },
      ]}
      after="last-one"
      next="request-2"
    />,
  ),
  "join-requests-none": showSection(
    "Requests",
    <JoinRequestsPage actor={owner} requests={[]} after={undefined} next={undefined} />,
  ),
};

/** The same pages with markup in every text. */
export const evilJoinRequests = {
  JoinRequestsPage: (
    <JoinRequestsPage
      actor={evilActor}
      requests={[
        {
          id: "request-1",
          asker: {
            id: evil,
            name: evil,
            provenEmails: [evil],
            unprovenEmails: [evil],
            huggingFace: { subject: evil, handle: evil, organizations: [], confirmedAt: null },
          },
          role: "member",
          reason: evil,
          askedAt: createdAt,
        },
      ]}
      after="last-one"
      next="request-1"
    />
  ),
};
