import type { VNode } from "preact";

import { activityCard } from "../../src/audit-log/home-card.tsx";
import { AuditLogPage } from "../../src/audit-log/views.tsx";
import type { FeatureTests } from "../support/feature-tests.ts";
import { evilActor } from "../views/evil-actor.ts";
import { evil } from "../views/evil.ts";
import { faces, showHome } from "../views/home-samples.tsx";
import { createdAt, longName, owner, showSection } from "../views/samples.tsx";

const event = {
  id: "event-1",
  occurredAt: createdAt,
  action: "member.role_changed",
  actorId: "member-0",
  actorName: "Ada Okafor",
  isActorDeleted: false,
  targetType: "user",
  targetId: "member-1",
  targetName: longName,
  isTargetDeleted: false,
  details: { from: "member", to: "admin" },
  requestId: "request-1",
  ip: "203.0.113.7",
  userAgent: "<script>alert(1)</script>",
};

const told = { ...event, occurredAt: createdAt.toISOString() };

/** The pages of the feature, with markup in every text. */
const evilPages: Readonly<Record<string, VNode>> = {
  activityCard: showHome(evilActor, {
    people: faces(1, evil),
    card: [
      activityCard,
      {
        all: [
          { ...told, actorName: evil, targetName: evil },
          {
            ...told,
            id: "event-2",
            action: evil,
            targetType: evil,
            details: { name: evil, [evil]: evil },
          },
          {
            ...told,
            id: "event-3",
            action: "organization.renamed",
            details: { from: evil, to: evil },
          },
        ],
        shared: null,
      },
    ],
  }),
};

/** The pages of the feature, in their variants. */
const gallery: Readonly<Record<string, VNode>> = {
  "audit-log": showSection(
    "Audit log",
    <AuditLogPage
      slug="acme"
      events={[event, { ...event, id: "event-2", actorId: null, actorName: null }]}
      filters={{ action: "member.role_changed" }}
      options={{ actions: ["member.role_changed"], actors: [], hasOwn: true }}
      isFirst={false}
      next="event-2"
    />,
  ),
  "audit-log-at-home": showSection(
    "Home",
    showHome(owner, {
      people: faces(1, "Ada"),
      card: [activityCard, { all: [told], shared: null }],
    }),
  ),
  "audit-log-none": showSection(
    "Audit log",
    <AuditLogPage
      slug="acme"
      events={[]}
      filters={{ from: "2026-03-09", to: "2026-03-08" }}
      options={{ actions: [], actors: [], hasOwn: false }}
      isFirst
      next={undefined}
    />,
  ),
};

export const auditLogTests: FeatureTests = { gallery, evil: evilPages };
