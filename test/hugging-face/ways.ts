import { createSealers } from "../../src/hugging-face/authorization.ts";
import { readDecidedAt } from "../../src/hugging-face/connection.ts";
import { followHuggingFace } from "../../src/hugging-face/following.ts";
import { joinByHuggingFace } from "../../src/hugging-face/joining.ts";
import {
  byAnother,
  guestAt,
  know,
  type Known,
  type Prepare,
  type Ways,
  type World,
} from "../memberships/decisions-world.ts";
import { connectHuggingFace, inventSubject, placeAt } from "../support/hugging-face.ts";

const byHuggingFace =
  (mode: "offer" | "automatic"): Prepare =>
  async (world) => {
    const { application, organization } = world;
    const rules = { mode, writeRole: "admin" as const };
    const subject = await connectHuggingFace(application, organization, rules);
    return async (as) => {
      const { database } = application;
      await know(application, as, [placeAt(subject)]);
      if (mode === "automatic") await signIn(world, as);
      await joinByHuggingFace(database, guestAt(world, as), { subject });
    };
  };

const signIn = ({ application }: World, { person }: Known) =>
  followHuggingFace(application.database)(person, {
    id: "request",
    ip: "192.0.2.1",
    userAgent: "",
  });

/** A person who joined by Hugging Face as a viewer, was made a member by hand, and now has a stronger role there. */
const byRoleThere: Prepare = async (world) => {
  const { application, organization, ada } = world;
  const rules = { mode: "request", writeRole: "admin" } as const;
  const subject = await connectHuggingFace(application, organization, rules);
  await application.query(
    `insert into hugging_face_memberships (organization_id, user_id, connection_subject, granted_role)
     select organization_id, user_id, $3, 'viewer' from memberships where organization_id = $1 and user_id = $2`,
    [organization.id, ada.person.id, subject],
  );
  return async (as) => {
    await know(application, as, [placeAt(subject)]);
    await signIn(world, as);
  };
};

/** A choice that was sealed before the decision, for a person who is an admin again. */
const bySealedChoice: Prepare = async (world) => {
  const { application, organization, ada } = world;
  const started = { organizationId: organization.id, userId: ada.person.id };
  const decidedAt = await application.database.forOrganization(organization.id, (tx) =>
    readDecidedAt(tx, started),
  );
  const chosen = { subject: inventSubject(), handle: "orbital-works", name: "Orbital Works" };
  const { choices } = createSealers(application.config.sessions.secrets);
  const choice = await choices.seal({ ...started, decidedAt, ...chosen });
  return async ({ person }) => {
    await application.query(
      `insert into memberships (organization_id, user_id, role, updated_at) values ($1, $2, 'admin', now())
       on conflict (organization_id, user_id) do update set role = 'admin', suspended_at = null`,
      [organization.id, person.id],
    );
    const agent = await application.signInAs(person);
    const answer = await agent
      .post(`/o/${organization.slug}/hugging-face`)
      .type("form")
      .send({ choice });
    return answer.status === 303 ? "connected" : "spent";
  };
};

export const huggingFaceWays: Ways = {
  older: {
    "a Hugging Face organization, mode `offer`": byHuggingFace("offer"),
    "a Hugging Face organization, mode `automatic`": byHuggingFace("automatic"),
    "a stronger role at Hugging Face": byRoleThere,
    "a choice sealed before, as an admin again": bySealedChoice,
    "another account of theirs, by Hugging Face": byAnother(byHuggingFace("automatic")),
  },
};
