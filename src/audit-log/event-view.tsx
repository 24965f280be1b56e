import type { ComponentChildren } from "preact";

import { cleanName } from "../http/visible-text.ts";
import { Avatar } from "../views/avatar.tsx";
import { DateText } from "../views/date-text.tsx";
import { Icon } from "../views/icon.tsx";
import { describeEvent, nameActor, titleAction, type ToldEvent } from "./describe-event.ts";
import { auditLogPath } from "./paths.ts";
import type { ListedEvent } from "./read-events.ts";
import { application } from "./schema.ts";

/** One entry: a sentence, the time and address, and the remaining facts behind a disclosure. */
export function AuditEventRow({ slug, event }: { slug: string; event: ListedEvent }) {
  const actor = nameActor(event);
  const title = titleAction(event.action);
  return (
    <li class="flex gap-3.5 px-4 py-4 sm:gap-4 sm:px-6">
      <Avatar name={actor} shape={event.actorId === null ? "organization" : "person"} />
      <div class="min-w-0 flex-1">
        <p class="break-name">
          <EventSentence event={event} />
        </p>
        <details class="group mt-0.5 text-sm">
          <summary class="event-time">
            <DateText date={event.occurredAt} withTime />
            {event.ip !== null && <span> · {event.ip}</span>}
            <span class="sr-only">: details of {title}</span>
            <Icon name="chevronDown" class="absolute end-0 bottom-1 size-4 group-open:rotate-180" />
          </summary>
          <EventFacts slug={slug} event={event} actor={actor} title={title} />
        </details>
      </div>
    </li>
  );
}

/** The sentence of an event; each name stands for itself, so that one from right to left turns nothing around it. */
export function EventSentence({ event }: { event: ToldEvent }) {
  return (
    <>
      {describeEvent(event).map((piece) => {
        if (typeof piece === "string") return piece;
        if ("value" in piece) return <bdi>{cleanName(piece.value)}</bdi>;
        return <bdi class="font-semibold">{piece.name}</bdi>;
      })}
    </>
  );
}

type FactsProps = { slug: string; event: ListedEvent; actor: string; title: string };

function EventFacts({ slug, event, actor, title }: FactsProps) {
  const { action, actorId, targetType, targetId, requestId, userAgent } = event;
  return (
    <div class="event-facts">
      <dl>
        <Fact name="Action">{action}</Fact>
        <Fact name={`Changed (${targetType})`}>{targetId}</Fact>
        {requestId !== null && <Fact name="Request">{requestId}</Fact>}
        {userAgent !== null && userAgent !== "" && (
          <Fact name="Browser">{cleanName(userAgent)}</Fact>
        )}
      </dl>
      <p>
        <a class="link" href={auditLogPath(slug, { actor: actorId ?? application })}>
          All by {actor}
        </a>
        <a class="link" href={auditLogPath(slug, { action })}>
          All of this kind: {title}
        </a>
      </p>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
