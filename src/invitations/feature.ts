import type { BeginSignIn } from "../auth/begin-sign-in.ts";
import type { SignInMethods } from "../relying-party/sign-in-methods.ts";
import type { Feature, PageContext } from "../tenancy/feature.ts";
import { guestPages } from "./guest-pages.tsx";
import { findInvitationJoinOptions } from "./join-options.ts";
import { invitationOrigin } from "./join-origin.ts";
import { openInvitations, purgeClosedInvitations } from "./invitation.ts";
import { invitationMail } from "./mail.ts";
import { invitationPages } from "./pages.tsx";
import { inviteLinks } from "./way-to-join.ts";

type Context = PageContext & {
  baseUrl: string;
  beginSignIn: BeginSignIn;
  signInMethods: SignInMethods;
};

export const invitations: Feature<Context> = {
  jobs: [invitationMail],
  tasks: [purgeClosedInvitations],
  people: [
    {
      label: "Invitations",
      path: "/invitations",
      permission: "invitation:read",
      waiting: openInvitations(),
    },
  ],
  firstSteps: [
    {
      label: "Invite people",
      path: "/invitations",
      permission: "invitation:create",
      // Or others have joined in another way.
      isDone: `exists (select from invitations where organization_id = current_organization_id())
            or exists (select from memberships where organization_id = current_organization_id() offset 1)`,
    },
  ],
  joinOrigins: [invitationOrigin],
  build: (context) => ({
    joinOptions: findInvitationJoinOptions(context.database),
    waysToJoin: [inviteLinks],
    routes: () => [
      ...invitationPages(context),
      ...guestPages(context.database, context.beginSignIn, context.signInMethods),
    ],
  }),
};
