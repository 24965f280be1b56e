import type { Member } from "../tenancy/actor.ts";
import { formAction } from "../tenancy/page-token.ts";
import { Card } from "../views/card.tsx";
import { EmptyState } from "../views/empty-state.tsx";
import { type FilledForm, SubmitButton } from "../views/form.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { organizationPath } from "../access/organization-path.ts";
import type { ListedConnection } from "./connection.ts";
import { RulesFields } from "./rules-view.tsx";
import { TokenForm } from "./token-view.tsx";

/** A form of one connection that came back with faults. */
export type RulesForm = FilledForm & { subject: string };

interface ConnectionsPageProps {
  actor: Member;
  connections: readonly ListedConnection[];
  /** Whether this installation is an OAuth application at Hugging Face. */
  isConfigured: boolean;
  /** Whether the account of the reader is linked with Hugging Face. */
  isLinked: boolean;
  form: RulesForm | undefined;
}

export function connectionsPath({ slug }: { slug: string }): string {
  return `${organizationPath(slug)}/hugging-face`;
}

/** `GET /o/:slug/hugging-face`: the connections with their rules, and the form to connect more. */
export function ConnectionsPage(props: ConnectionsPageProps) {
  const { actor, connections, form } = props;
  const { organization } = actor;
  return (
    <>
      <PageHeading title="Hugging Face">
        <p class="break-name">
          Members of a connected Hugging Face organization can join {organization.name} without an
          invitation.
        </p>
      </PageHeading>
      <div class="grid max-w-2xl gap-6">
        {connections.length === 0 && (
          <EmptyState icon="people" title="No connected organizations">
            <p>You can connect a Hugging Face organization that you are an admin of.</p>
          </EmptyState>
        )}
        {connections.map((connection) => (
          <Connection
            key={connection.subject}
            actor={actor}
            connection={connection}
            form={form?.subject === connection.subject ? form : undefined}
          />
        ))}
        <Connect {...props} />
        <a class="link justify-self-start" href={`${organizationPath(organization.slug)}/joining`}>
          All ways to join
        </a>
      </div>
    </>
  );
}

interface ConnectionProps {
  actor: Member;
  connection: ListedConnection;
  form: RulesForm | undefined;
}

function Connection({ actor, connection, form }: ConnectionProps) {
  const { subject, name, handle, memberCount } = connection;
  const action = (path: string) => formAction(actor, `hugging-face/${subject}/${path}`);
  return (
    <Card
      id={`connection-${subject}`}
      title={name}
      description={`@${handle} · ${countMembers(memberCount)}`}
    >
      <form class="grid gap-5" method="post" action={action("rules")}>
        <RulesFields rules={connection} form={form} subject={subject} name={name} />
        <div>
          <SubmitButton>Save rules</SubmitButton>
        </div>
      </form>
      <p class="mt-5 text-sm text-base-content/75">
        We check members who joined through this connection each time they sign in. If they have
        left the Hugging Face organization, they are suspended here until they are back. What an
        admin decides here stays.
      </p>
      <TokenForm actor={actor} connection={connection} errors={form?.errors["token"] ?? []} />
      <details class="mt-5">
        <summary class="btn btn-outline text-base max-sm:w-full">Disconnect…</summary>
        <form class="mt-4 grid gap-4" method="post" action={action("removal")}>
          <p>
            People can no longer join through it. Members keep their role, suspended members stay
            suspended, and changes at Hugging Face no longer affect them.
          </p>
          <div>
            <SubmitButton tone="danger">
              Disconnect<span class="sr-only"> {name}</span>
            </SubmitButton>
          </div>
        </form>
      </details>
    </Card>
  );
}

function countMembers(count: number): string {
  if (count === 0) return "no members joined through it yet";
  return count === 1 ? "1 member joined through it" : `${count} members joined through it`;
}

function Connect({ actor, isConfigured, isLinked }: ConnectionsPageProps) {
  return (
    <Card id="connect" title="Connect a Hugging Face organization">
      {!isConfigured ? (
        <p>
          This server is not registered at Hugging Face yet. Its operator has to set{" "}
          <code>HUGGINGFACE_CLIENT_ID</code> and{" "}
          <code class="break-all">HUGGINGFACE_CLIENT_SECRET</code>.
        </p>
      ) : !isLinked ? (
        <div class="grid gap-5">
          <p>First, link your own account with Hugging Face. Then open this page again.</p>
          <div>
            <a class="btn btn-primary text-base max-sm:w-full" href="/account/hugging-face/link">
              Link Hugging Face
            </a>
          </div>
        </div>
      ) : (
        <form
          class="grid gap-5"
          method="post"
          action={formAction(actor, "hugging-face/authorization")}
        >
          <p>
            Sign in at Hugging Face with your linked account, and allow us to see your
            organizations. Then choose one that you are an admin of.
          </p>
          <div>
            <SubmitButton>Go to Hugging Face</SubmitButton>
          </div>
        </form>
      )}
    </Card>
  );
}
