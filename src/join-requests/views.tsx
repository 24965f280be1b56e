import { LiveList } from "../live/live-list.tsx";
import type { Member } from "../tenancy/actor.ts";
import { formAction } from "../tenancy/page-token.ts";
import { withQuery } from "../http/with-query.ts";
import { hasPermission } from "../access/roles.ts";
import { Avatar } from "../views/avatar.tsx";
import { RelativeTime } from "../views/date-text.tsx";
import { EmptyState } from "../views/empty-state.tsx";
import { SubmitButton } from "../views/form.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { PageLinks } from "../views/page-links.tsx";
import { RoleBadge } from "../views/role-badge.tsx";
import { organizationPath } from "../access/organization-path.ts";
import type { ListedRequest } from "./request-list.ts";

interface JoinRequestsPageProps {
  actor: Member;
  requests: readonly ListedRequest[];
  /** The id after which this page begins, if it is not the first. */
  after: string | undefined;
  /** The id after which the next page begins, if there is one. */
  next: string | undefined;
}

export function joinRequestsPath({ slug }: { slug: string }, after?: string): string {
  return withQuery(`${organizationPath(slug)}/join-requests`, { after });
}

/** The requests to join, the oldest first, with the answers that the reader can give. */
export function JoinRequestsPage({ actor, requests, after, next }: JoinRequestsPageProps) {
  const { organization } = actor;
  const isFirst = after === undefined;
  return (
    <>
      <PageHeading title="Requests to join">
        <p class="break-name">
          People who ask to join {organization.name}. They see nothing of it until an admin
          approves.
        </p>
      </PageHeading>
      <LiveList
        list="join-requests"
        organization={organization}
        href={joinRequestsPath(organization, after)}
      >
        {requests.length > 0 ? (
          <ul class="divide-y divide-base-300 rounded-box border border-base-300 bg-base-100">
            {requests.map((request) => (
              <RequestRow key={request.id} actor={actor} request={request} />
            ))}
          </ul>
        ) : (
          <EmptyState icon="people" title={isFirst ? "No pending requests" : "No more requests"}>
            <p>
              {isFirst ? (
                "People who ask to join appear here. Admins and owners get an email about each of them."
              ) : (
                <a class="link" href={joinRequestsPath(organization)}>
                  Show all requests
                </a>
              )}
            </p>
          </EmptyState>
        )}
        <PageLinks
          first={isFirst ? undefined : joinRequestsPath(organization)}
          next={next && joinRequestsPath(organization, next)}
        />
      </LiveList>
    </>
  );
}

function RequestRow({ actor, request }: { actor: Member; request: ListedRequest }) {
  const { id, asker, role, reason, askedAt } = request;
  const action = (answer: string) => formAction(actor, `join-requests/${id}/${answer}`);
  return (
    <li class="flex flex-wrap items-start gap-4 px-4 py-4 sm:px-6">
      <Avatar name={asker.name} />
      <div class="min-w-0 flex-1 basis-40">
        <p class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span class="break-name font-semibold">{asker.name}</span>
          <RoleBadge role={role} />
        </p>
        <p class="break-name mt-0.5 text-sm">
          {reason ?? "This request is no longer valid. Refuse it, and invite them instead."}
        </p>
        <p class="break-name mt-0.5 text-sm text-base-content/75">
          {describeAccounts(asker).map((text) => (
            <>{text} · </>
          ))}
          <span class="whitespace-nowrap">
            asked <RelativeTime date={askedAt} />
          </span>
        </p>
      </div>
      {hasPermission(actor.role, "join-request:decide") && (
        <div class="flex flex-wrap gap-3 max-sm:w-full">
          {reason !== null && (
            <form class="max-sm:w-full" method="post" action={action("approval")}>
              <SubmitButton>
                Approve<span class="sr-only"> {asker.name}</span>
              </SubmitButton>
            </form>
          )}
          <form class="max-sm:w-full" method="post" action={action("refusal")}>
            <SubmitButton tone="plain">
              Refuse<span class="sr-only"> {asker.name}</span>
            </SubmitButton>
          </form>
        </div>
      )}
    </li>
  );
}

/** Lists the addresses and accounts that tell who asks. An address without proof could be anybody's. */
function describeAccounts({ provenEmails, unprovenEmails, huggingFace }: ListedRequest["asker"]) {
  return [
    ...provenEmails.map((email) => `${email} (verified)`),
    ...unprovenEmails.map((email) => `${email} (not verified)`),
    ...(huggingFace?.handle ? [`@${huggingFace.handle} at Hugging Face`] : []),
  ];
}
