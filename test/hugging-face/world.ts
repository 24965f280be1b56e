import { followHuggingFace } from "../../src/hugging-face/following.ts";
import { joinByHuggingFace } from "../../src/hugging-face/joining.ts";
import type { Rules } from "../../src/hugging-face/rules.ts";
import type { Organization, Person, RunningApplication } from "../support/application.ts";
import { connectHuggingFace, linkHuggingFace, placeAt } from "../support/hugging-face.ts";

export type Standing = {
  role: string;
  isSuspended: boolean;
  /** Null: a membership of their own. */
  grantedRole: string | null;
};

const request = { id: "request-1", ip: "192.0.2.1", userAgent: "test" };

/** An organization that is connected with one at Hugging Face, and what happens to people in both. */
export async function connectWorld(
  application: RunningApplication,
  rules: Partial<Rules> & { subject?: string } = {},
) {
  const owner = await application.createPerson();
  const organization = await application.createOrganization(owner);
  const subject = await connectHuggingFace(application, organization, rules);
  const follow = followHuggingFace(application.database);

  const world = {
    owner,
    organization,
    subject,
    /** A person who works there unless `change` says otherwise. */
    async createWorker(change: Parameters<typeof placeAt>[1] = {}): Promise<Person> {
      const person = await application.createPerson();
      await world.work(person, change);
      return person;
    },
    /** Changes their role there; null: they do not work there any more. */
    work: (person: Person, change: Parameters<typeof placeAt>[1] | null) =>
      linkHuggingFace(application, person, change === null ? [] : [placeAt(subject, change)]),
    /** Follows Hugging Face, as a sign-in does. */
    signIn: (person: Person) => follow(person, request),
    join: (person: Person, at: Organization = organization) =>
      joinByHuggingFace(
        application.database,
        { user: person, organization: at, request },
        { subject },
      ),
    async readHistory(person: Person): Promise<Standing | undefined> {
      const [row] = await application.query<Standing>(
        `select m.role, m.suspended_at is not null as "isSuspended", h.granted_role as "grantedRole"
           from memberships m left join hugging_face_memberships h using (organization_id, user_id)
          where m.organization_id = $1 and m.user_id = $2`,
        [organization.id, person.id],
      );
      return row;
    },
    /** The events about a person, the oldest first. */
    readEvents: (person: Person) =>
      application.query<{ action: string; actorId: string | null; details: object }>(
        `select action, actor_id as "actorId", details from audit_events
          where organization_id = $1 and target_id = $2 order by id`,
        [organization.id, person.id],
      ),
  };
  return world;
}
