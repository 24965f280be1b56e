import type { Member } from "../tenancy/actor.ts";
import { formAction } from "../tenancy/page-token.ts";
import { Card } from "../views/card.tsx";
import { EmptyState } from "../views/empty-state.tsx";
import { Field, type FilledForm, FormAlert, readField, SubmitButton } from "../views/form.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { organizationPath } from "../access/organization-path.ts";
import { DomainCard, type DomainResult } from "./domain-view.tsx";
import type { EmailDomain } from "./email-domain.ts";

interface EmailDomainsPageProps {
  actor: Member;
  domains: readonly EmailDomain[];
  /** The form that claims a domain. */
  form?: FilledForm | undefined;
  result?: (DomainResult & { domain: string }) | undefined;
}

/** `GET /o/:slug/email-domains`: the domains whose addresses let people join without an invitation. */
export function EmailDomainsPage(props: EmailDomainsPageProps) {
  const { actor, domains, form = { values: {}, errors: {} }, result } = props;
  const { name, slug } = actor.organization;
  return (
    <>
      <PageHeading title="Email domains">
        <p class="break-name">
          People with a verified address at one of these domains can join {name} without an
          invitation.
        </p>
      </PageHeading>
      <div class="grid grid-cols-1 items-start gap-8 lg:grid-cols-[1.7fr_1fr]">
        <div class="grid grid-cols-1 gap-6">
          {domains.map((domain) => (
            <DomainCard
              key={domain.domain}
              actor={actor}
              domain={domain}
              result={result?.domain === domain.domain ? result : {}}
            />
          ))}
          {domains.length === 0 && (
            <EmptyState icon="key" title="No domains yet">
              <p>Add a domain so that people with an address there can join.</p>
            </EmptyState>
          )}
          <a class="link justify-self-start" href={`${organizationPath(slug)}/joining`}>
            All ways to join
          </a>
        </div>
        <Card id="claim" title="Add a domain">
          <form class="grid gap-5" method="post" action={formAction(actor, "email-domains")}>
            <FormAlert errors={form.errors} fields={["domain"]} />
            <Field
              name="domain"
              label="Domain"
              value={readField(form, "domain")}
              hint="The part after the @, such as example.com. Subdomains are not included."
              errors={form.errors["domain"]}
              required
            />
            <div>
              <SubmitButton>Add domain</SubmitButton>
            </div>
          </form>
        </Card>
      </div>
    </>
  );
}
