import type { VNode } from "preact";

import { ChoicePage, UnprovenPage } from "../../src/hugging-face/authorization-views.tsx";
import { ConnectionsPage } from "../../src/hugging-face/views.tsx";
import { longName, owner, show, showSection } from "../views/samples.tsx";

const connection = {
  subject: "65aa0000000000000000000b",
  name: "Orbital Works",
  handle: "orbital-works",
  mode: "offer" as const,
  adminRole: "admin" as const,
  writeRole: "member" as const,
  contributorRole: null,
  readRole: "viewer" as const,
  memberCount: 12,
  listing: null,
};

/** The pages of the feature, as people may see them. */
export const huggingFaceGallery: Readonly<Record<string, VNode>> = {
  "hugging-face": showSection(
    "Settings",
    <ConnectionsPage
      actor={owner}
      connections={[
        connection,
        {
          ...connection,
          subject: "65ab",
          name: longName,
          handle: "x".repeat(42),
          memberCount: 1,
          listing: { membersToldAt: new Date(0), membersFault: "unusable" as const },
        },
      ]}
      isConfigured
      isLinked
      form={{
        subject: "65ab",
        values: { mode: "always", adminRole: "owner" },
        errors: {
          mode: ["Please choose how people join."],
          adminRole: ["Please choose one of the roles."],
        },
      }}
    />,
  ),
  "hugging-face-none": showSection(
    "Settings",
    <ConnectionsPage
      actor={owner}
      connections={[]}
      isConfigured={false}
      isLinked={false}
      form={undefined}
    />,
  ),
  "hugging-face-unlinked": showSection(
    "Settings",
    <ConnectionsPage
      actor={owner}
      connections={[]}
      isConfigured
      isLinked={false}
      form={undefined}
    />,
  ),
  "hugging-face-unproven": show(<UnprovenPage returnTo="/organizations" />, {
    title: "Hugging Face did not confirm",
    viewer: undefined,
  }),
  "hugging-face-choice": showSection(
    "Settings",
    <ChoicePage
      actor={owner}
      options={[
        { ...connection, choice: "sealed" },
        { ...connection, subject: "65ab", name: longName, choice: "sealed, too" },
      ]}
    />,
  ),
};
