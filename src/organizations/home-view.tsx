import { organizationPath } from "../access/organization-path.ts";
import { roleMeaning } from "../access/role-meaning.ts";
import { hasPermission } from "../access/roles.ts";
import type { Member } from "../tenancy/actor.ts";
import { describeOrganization } from "../tenancy/describe-viewer.ts";
import type { FirstStep, HomeCard } from "../tenancy/home-card.ts";
import { OrganizationAvatar } from "../views/avatar.tsx";
import { Card } from "../views/card.tsx";
import { Icon } from "../views/icon.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { RoleBadge } from "../views/role-badge.tsx";
import type { HomeRow } from "./home.ts";

interface OrganizationHomePageProps {
  actor: Member;
  home: HomeRow;
  /** The cards and steps of all features, in the order of `home`. */
  cards: readonly HomeCard[];
  steps: readonly FirstStep[];
}

/** The home of an organization: the reader's role, the first steps, and the cards of the features. */
export function OrganizationHomePage({ actor, home, cards, steps }: OrganizationHomePageProps) {
  const { organization, role } = actor;
  const shown = cards.map(({ permission, place, show }, index) => ({
    place,
    content: hasPermission(role, permission) && show(actor, home.contents[index]),
  }));
  const inPlace = (wanted: HomeCard["place"]) =>
    shown.filter(({ place }) => place === wanted).map(({ content }) => content);
  return (
    <>
      <PageHeading
        title={organization.name}
        mark={
          <span class="max-sm:hidden">
            <OrganizationAvatar organization={describeOrganization(actor)} size="large" />
          </span>
        }
      >
        <YourRole {...actor} />
      </PageHeading>
      <div class="grid items-start gap-6 lg:grid-cols-[1.7fr_1fr]">
        <div class="grid grid-cols-1 gap-6">
          {home.isNew && (
            <FirstSteps
              actor={actor}
              steps={steps.map((step, index) => ({ ...step, isDone: home.done[index] === true }))}
            />
          )}
          {inPlace("main")}
        </div>
        <div class="grid grid-cols-1 gap-6">
          {inPlace("side")}
          {home.isBehind && <Behind />}
        </div>
      </div>
    </>
  );
}

function YourRole({ organization, role }: Pick<Member, "organization" | "role">) {
  return (
    <section class="flex flex-wrap items-baseline gap-x-3 gap-y-1" aria-label="Your role">
      <RoleBadge role={role} />
      <p class="text-base">
        {roleMeaning[role]}{" "}
        <a class="link" href={`${organizationPath(organization.slug)}/roles`}>
          What each role may do
        </a>
      </p>
    </section>
  );
}

type Step = Omit<FirstStep, "isDone"> & { isDone: boolean };

/** Shown while something is left to do, to those who may do all that is left. */
function FirstSteps({ actor, steps }: { actor: Member; steps: readonly Step[] }) {
  const left = steps.filter(({ isDone }) => !isDone);
  const isForActor = left.every(({ permission }) => hasPermission(actor.role, permission));
  if (left.length === 0 || !isForActor) return null;
  return (
    <Card id="first-steps" title="First steps">
      <ol class="grid gap-1">
        {steps.map(({ label, path, isDone }) => (
          <li key={label} class="flex min-h-11 items-center gap-3">
            {isDone ? (
              <>
                <Icon name="circleCheck" class="size-6 text-success" />
                <span class="text-base-content/75">
                  {label}
                  <span class="sr-only"> (done)</span>
                </span>
              </>
            ) : (
              <>
                <span
                  class="m-0.5 size-5 shrink-0 rounded-full border-2 border-base-content/40"
                  aria-hidden="true"
                />
                <a
                  class="link font-semibold"
                  href={organizationPath(actor.organization.slug) + path}
                >
                  {label}
                </a>
              </>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Behind() {
  return (
    <section class="px-1 text-sm" aria-label="Sign-in service">
      <span class="badge badge-sm badge-warning font-medium">Catching up</span>
      <p class="mt-1.5 text-base-content/80">
        The latest changes have not reached the sign-in service yet. They already apply here.
      </p>
    </section>
  );
}
