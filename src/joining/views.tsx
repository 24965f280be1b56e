import { organizationPath } from "../access/organization-path.ts";
import { hasPermission } from "../access/roles.ts";
import { withQuery } from "../http/with-query.ts";
import { displayName } from "../identity/display-name.ts";
import type { Member } from "../tenancy/actor.ts";
import { formAction } from "../tenancy/page-token.ts";
import {
  type DescribedWay,
  mostShown,
  type OpenWay,
  type WayToJoin,
} from "../tenancy/way-to-join.ts";
import { Card } from "../views/card.tsx";
import { DateText } from "../views/date-text.tsx";
import { SubmitButton } from "../views/form.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { RoleBadge } from "../views/role-badge.tsx";

interface JoiningPageProps {
  actor: Member;
  ways: readonly WayToJoin[];
  /** The open ones of all kinds. */
  open: readonly OpenWay[];
}

/** `GET /o/:slug/joining`: every way to become a member, with the open ones of each kind. */
export function JoiningPage({ actor, ways, open }: JoiningPageProps) {
  return (
    <>
      <PageHeading title="Joining">
        <p class="break-name">Every way to join {actor.organization.name}.</p>
      </PageHeading>
      <div class="grid max-w-3xl grid-cols-1 gap-6">
        {ways.map((way, index) =>
          way.open !== undefined && hasPermission(actor.role, way.permission) ? (
            <Way
              key={way.title}
              actor={actor}
              way={way}
              id={`way-${index}`}
              open={open.filter((each) => each.way === index)}
            />
          ) : null,
        )}
        {ways
          .filter((way) => way.open === undefined)
          .map(({ title, text }) => (
            <p key={title} class="text-base-content/75">
              <b class="font-semibold text-base-content">{title}.</b> {text}
            </p>
          ))}
      </div>
    </>
  );
}

type WayProps = { actor: Member; way: WayToJoin; id: string; open: readonly OpenWay[] };

function Way({ actor, way, id, open }: WayProps) {
  const { title, text, page } = way;
  const described = open.slice(0, mostShown).flatMap((each) => {
    const found = way.describe?.(each.facts, each.id);
    return found ? { each, found } : [];
  });
  return (
    <Card id={id} title={title} description={text}>
      {described.length === 0 && <p class="text-base-content/75">Nobody can join this way now.</p>}
      {described.length > 0 && (
        <ul class="divide-y divide-base-300 border-y border-base-300">
          {described.map(({ each, found }) => (
            <Open key={each.id} actor={actor} opened={each} way={found} />
          ))}
        </ul>
      )}
      {page && (
        <p class="mt-5">
          <a class="link" href={organizationPath(actor.organization.slug) + page.path}>
            {open.length > mostShown ? "Show all" : page.label}
          </a>
        </p>
      )}
    </Card>
  );
}

function Open({ actor, opened, way }: { actor: Member; opened: OpenWay; way: DescribedWay }) {
  const { title, roles, text, countsUses, expiresAt, closing } = way;
  return (
    <li class="grid gap-x-6 gap-y-3 py-4 sm:grid-cols-[1fr_auto]">
      <div class="min-w-0">
        <p class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span class="break-name font-semibold">{title}</span>
          {roles.map((role) => (
            <RoleBadge key={role} role={role} />
          ))}
        </p>
        <p class="mt-0.5 text-sm">{text}</p>
        <p class="break-name mt-0.5 text-sm text-base-content/75">
          Opened
          {opened.openerId !== null && <> by {displayName({ ...opened, emailVerified: true })}</>}
          {" on "}
          <DateText date={opened.openedAt} />
          {opened.lastUsedAt ? (
            <>
              {" · last used on "}
              <DateText date={opened.lastUsedAt} />
            </>
          ) : (
            !countsUses && " · no use recorded"
          )}
          {expiresAt && (
            <>
              {" · expires on "}
              <DateText date={expiresAt} />
            </>
          )}
        </p>
      </div>
      <details class="sm:contents">
        <summary class="btn btn-outline text-base max-sm:w-full sm:justify-self-end">
          {closing.label}…<span class="sr-only"> {title}</span>
        </summary>
        <form
          class="mt-3 grid gap-3 sm:col-span-2 sm:mt-0"
          method="post"
          action={withQuery(formAction(actor, closing.path), { from: "joining" })}
        >
          <p class="text-sm">{closing.text}</p>
          <div>
            <SubmitButton tone="danger">
              {closing.label}
              <span class="sr-only"> {title}</span>
            </SubmitButton>
          </div>
        </form>
      </details>
    </li>
  );
}
