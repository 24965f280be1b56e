import type { JoinMode } from "../database/generated/client.ts";
import type { Member } from "../tenancy/actor.ts";
import { rolesToGiveByRule } from "../access/roles.ts";
import { formAction } from "../tenancy/page-token.ts";
import { Alert } from "../views/alert.tsx";
import { RelativeTime } from "../views/date-text.tsx";
import {
  FormAlert,
  type FilledForm,
  readField,
  SelectField,
  SubmitButton,
} from "../views/form.tsx";
import { RoleField } from "../views/role-field.tsx";
import type { EmailDomain } from "./email-domain.ts";
import { describeRecord } from "./txt-record.ts";

/** The result of a form about one domain that failed. */
export type DomainResult = { finding?: "missing" | "unanswered"; form?: FilledForm };

type DomainProps = { actor: Member; domain: EmailDomain };

const modes: { value: JoinMode; label: string }[] = [
  { value: "request", label: "They ask an admin" },
  { value: "offer", label: "They choose to join" },
  { value: "automatic", label: "They join when they sign in" },
];

const problems = {
  missing: {
    title: "We did not find the record yet.",
    text: "DNS changes can take minutes, sometimes hours. Compare the name and the value, then check again.",
  },
  unanswered: {
    title: "The domain’s DNS did not answer.",
    text: "Nothing was changed. Please try again in a minute.",
  },
};

/** One domain with its DNS record, its rules, and its removal. */
export function DomainCard({ actor, domain, result }: DomainProps & { result: DomainResult }) {
  const { domain: name, verifiedAt } = domain;
  return (
    <section
      id={`domain-${name}`}
      class="grid grid-cols-1 gap-6 rounded-box border border-base-300 bg-base-100 p-5 sm:p-7"
      aria-labelledby={`domain-${name}-title`}
    >
      <div>
        <h2 id={`domain-${name}-title`} class="break-name text-xl font-semibold tracking-tight">
          {name}
        </h2>
        <p class="mt-1 text-base-content/75">
          {verifiedAt ? (
            <>
              Verified <RelativeTime date={verifiedAt} />
            </>
          ) : (
            "Waiting for its DNS record. Until then, nobody can join through it."
          )}
        </p>
      </div>
      {!verifiedAt && <Verification actor={actor} domain={domain} finding={result.finding} />}
      <RulesForm actor={actor} domain={domain} form={result.form ?? { values: {}, errors: {} }} />
      <details>
        <summary class="btn btn-outline text-base max-sm:w-full">
          Remove…<span class="sr-only"> {name}</span>
        </summary>
        <form
          class="mt-4 grid gap-4"
          method="post"
          action={formAction(actor, `email-domains/${name}/removal`)}
        >
          <p>
            People can no longer join with this domain. Members who joined with it stay. To add it
            again, you need a new DNS record.
          </p>
          <div>
            <SubmitButton tone="danger">Remove domain</SubmitButton>
          </div>
        </form>
      </details>
    </section>
  );
}

function Verification({
  actor,
  domain,
  finding,
}: DomainProps & { finding: DomainResult["finding"] }) {
  const record = describeRecord(domain);
  const problem = finding && problems[finding];
  return (
    <div class="grid grid-cols-1 gap-4">
      {problem && (
        <Alert kind="error" title={problem.title}>
          <p>{problem.text}</p>
        </Alert>
      )}
      <p>Create this record where the domain’s DNS is managed, then come back and check:</p>
      <dl class="grid grid-cols-1 gap-x-4 gap-y-1 rounded-field border border-base-300 bg-base-200 p-4 sm:grid-cols-[auto_1fr]">
        {Object.entries({ Type: "TXT", Name: record.name, Value: record.value }).map(
          ([term, text]) => (
            <div key={term} class="contents">
              <dt class="text-sm font-semibold">{term}</dt>
              <dd class="font-mono text-sm break-all max-sm:mb-2">{text}</dd>
            </div>
          ),
        )}
      </dl>
      <form method="post" action={formAction(actor, `email-domains/${domain.domain}/verification`)}>
        <SubmitButton>
          Check now<span class="sr-only">: {domain.domain}</span>
        </SubmitButton>
      </form>
    </div>
  );
}

function RulesForm({ actor, domain, form }: DomainProps & { form: FilledForm }) {
  const { domain: name, mode, role } = domain;
  const { errors } = form;
  return (
    <form
      class="grid gap-5"
      method="post"
      action={formAction(actor, `email-domains/${name}/rules`)}
    >
      <FormAlert errors={errors} fields={["mode", "role"]} />
      <div class="grid grid-cols-1 items-start gap-5 sm:grid-cols-2">
        <SelectField
          name="mode"
          id={`mode-${name}`}
          label="How people join"
          labelDetail={name}
          options={modes}
          value={readField(form, "mode", mode)}
          errors={errors["mode"]}
          hint="Former members always have to ask."
        />
        <RoleField
          id={`role-${name}`}
          label="Their role"
          labelDetail={name}
          roles={rolesToGiveByRule(actor)}
          value={readField(form, "role", role)}
          errors={errors["role"]}
        />
      </div>
      <div>
        <SubmitButton tone="plain">
          Save<span class="sr-only"> for {name}</span>
        </SubmitButton>
      </div>
    </form>
  );
}
