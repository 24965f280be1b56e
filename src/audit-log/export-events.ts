import { nameActor, nameTarget } from "./describe-event.ts";
import { showControl, writeCsvRow } from "./csv.ts";
import type { ListedEvent } from "./read-events.ts";
import type { ExportFormat } from "./schema.ts";

type Format = { type: string; head: string; write(event: ListedEvent): string };

const columns = {
  occurred_at: ({ occurredAt }) => occurredAt.toISOString(),
  action: ({ action }) => action,
  actor_id: ({ actorId }) => actorId,
  actor: nameActor,
  target_type: ({ targetType }) => targetType,
  target_id: ({ targetId }) => targetId,
  target: nameTarget,
  details: ({ details }) => JSON.stringify(details),
  request_id: ({ requestId }) => requestId,
  ip: ({ ip }) => ip,
  user_agent: ({ userAgent }) => userAgent,
  event_id: ({ id }) => id,
} as const satisfies Record<string, (event: ListedEvent) => string | null>;

/** How events are written, in each format. */
export const formats: Record<ExportFormat, Format> = {
  // For spreadsheets, which need the mark at the beginning (U+FEFF) to see that it is UTF-8.
  csv: {
    type: "text/csv; charset=utf-8",
    head: `\ufeff${writeCsvRow(Object.keys(columns))}`,
    write: (event) => writeCsvRow(Object.values(columns).map((column) => column(event))),
  },
  // For programs: nothing is changed. What JSON may leave as it is, and a terminal would obey, is escaped.
  jsonl: {
    type: "application/jsonl; charset=utf-8",
    head: "",
    write: (event) => `${showControl(JSON.stringify(toJson(event)))}\n`,
  },
};

function toJson(event: ListedEvent) {
  const { id, occurredAt, action, actorId, targetType, targetId, details } = event;
  return {
    id,
    occurredAt,
    action,
    actor: actorId === null ? null : { id: actorId, name: nameActor(event) },
    target: { type: targetType, id: targetId, name: nameTarget(event) },
    details,
    requestId: event.requestId,
    ip: event.ip,
    userAgent: event.userAgent,
  };
}

/** Characters of one piece: a slow reader has to take each within a limit (http/server.ts). */
const pieceSize = 32_000;

/** Writes events as they come, so that an export of any length needs little memory. */
export async function* writeEvents(
  batches: AsyncIterable<ListedEvent[]>,
  { head, write }: Format,
): AsyncGenerator<string> {
  let text = head;
  for await (const batch of batches) {
    for (const event of batch) {
      text += write(event);
      if (text.length < pieceSize) continue;
      yield text;
      text = "";
    }
  }
  if (text !== "") yield text;
}
