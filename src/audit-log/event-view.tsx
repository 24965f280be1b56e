import type { ComponentChildren } from "preact";

import { cleanName } from "../http/visible-text.ts";
import { Avatar } from "../views/avatar.tsx";
import { DateText } from "../views/date-text.tsx";
import { Icon } from "../views/icon.tsx";
import { describeDetails, nameActor, nameTarget, titleAction } from "./describe-event.ts";
import { auditLogPath } from "./paths.ts";
import type { ListedEvent } from "./read-events.ts";
import { application } from "./schema.ts";

/** One entry: a sentence, the time and address, and the remaining facts behind a disclosure. */
export function AuditEventRow({ slug, event }: { slug: string; event: ListedEvent }) {
  const actor = nameActor(event);
  const target = nameTarget(event);
  const phrases = [target, ...describeDetails(event)].filter((phrase) => phrase !== null);
  return (
    <li class="flex gap-3.5 px-4 py-4 sm:gap-4 sm:px-6">
      <Avatar name={actor} shape={event.actorId === null ? "organization" : "person"} />
      <div class="min-w-0 flex-1">
        <p class="break-name">
          <span class="font-semibold">{actor}</span>
          <Dot />
          <span class="font-semibold text-primary">{titleAction(event.action)}</span>
          {phrases.map((phrase) => (
            <span key={phrase}>
              <Dot />
              {phrase}
            </span>
          ))}
        </p>
        <details class="group mt-0.5 text-sm">
          <summary class="relative flex min-h-6 w-fit cursor-pointer list-none flex-wrap items-center gap-x-1 pe-5 text-base-content/75 hover:text-base-content [&::-webkit-details-marker]:hidden">
            <DateText date={event.occurredAt} withTime />
            {event.ip !== null && (
              <span>
                <Dot />
                {event.ip}
              </span>
            )}
            <span class="sr-only">: details of {titleAction(event.action)}</span>
            <Icon name="chevronDown" class="absolute end-0 bottom-1 size-4 group-open:rotate-180" />
          </summary>
          <EventFacts slug={slug} event={event} actor={actor} />
        </details>
      </div>
    </li>
  );
}

function EventFacts({ slug, event, actor }: { slug: string; event: ListedEvent; actor: string }) {
  const { action, actorId, targetType, targetId, requestId, userAgent } = event;
  return (
    <div class="mt-2 grid gap-3 rounded-field bg-base-200 p-3.5">
      <dl class="grid gap-x-5 gap-y-0.5 sm:grid-cols-[auto_1fr] sm:gap-y-1.5 [&_dt]:text-base-content/75">
        <Fact name="Action">{action}</Fact>
        <Fact name={`Changed (${targetType})`}>{targetId}</Fact>
        {requestId !== null && <Fact name="Request">{requestId}</Fact>}
        {userAgent !== null && userAgent !== "" && (
          <Fact name="Browser">{cleanName(userAgent)}</Fact>
        )}
      </dl>
      <p class="flex flex-wrap gap-x-5 gap-y-2">
        <a class="link" href={auditLogPath(slug, { actor: actorId ?? application })}>
          All that {actor} did
        </a>
        <a class="link" href={auditLogPath(slug, { action })}>
          All of “{titleAction(action)}”
        </a>
      </p>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="contents">
      <dt>{name}</dt>
      <dd class="mb-1.5 font-mono text-xs leading-5 break-all sm:mb-0">{children}</dd>
    </div>
  );
}

function Dot() {
  return <span class="text-base-content/60"> · </span>;
}
