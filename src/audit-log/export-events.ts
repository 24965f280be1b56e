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

/** The formats of an export. */
export const formats: Record<ExportFormat, Format> = {
  // Spreadsheets recognize UTF-8 by the mark at the beginning (U+FEFF).
  csv: {
    type: "text/csv; charset=utf-8",
    head: `\ufeff${writeCsvRow(Object.keys(columns))}`,
    write: (event) => writeCsvRow(Object.values(columns).map((column) => column(event))),
  },
  // For programs: values are unchanged. Control characters that JSON allows and a terminal obeys are escaped.
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

/** The size of one piece, in characters: a slow reader has to take each within a time limit (http/server.ts). */
const pieceSize = 32_000;

/** Writes events batch by batch, so that an export of any length needs little memory. */
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
