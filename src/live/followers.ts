import type { Listener } from "../database/listen.ts";
import { liveError } from "./errors.ts";
import { streamsInAll, streamsOfPerson } from "./limits.ts";

/** The news for a stream: the list has changed, its reader may have lost access, or it has to end. */
export type News = "changed" | "doubtful" | "over";

/** An open stream: its reader, the organization, and the list that it follows. */
export type Follower = {
  organizationId: string;
  userId: string;
  list: string;
  tell(news: News): void;
};

/** Milliseconds without a stream until the connection to the database ends. */
const linger = 60_000;

type Notice = { kind: string; id: string; at: number };

/**
 * Keeps the open streams of this process, and passes on to them what the SQL function `announce_change` says. The process listens
 * while it has a stream.
 *
 * @param options.listen begins to listen
 * @param options.draining ends all streams
 * @param options.memory milliseconds in which a new stream still hears of an earlier change
 */
export function createFollowers({
  listen,
  draining,
  memory,
}: {
  listen(hear: { onNotice(notice: string): void; onListening(): void }): Listener;
  draining: AbortSignal;
  memory: number;
}) {
  const followers = new Set<Follower>();
  let recent: Notice[] = [];
  let listener: Listener | undefined;
  let idle: NodeJS.Timeout | undefined;

  const tellAll = (news: News) => followers.forEach((follower) => follower.tell(news));

  function onNotice(notice: string): void {
    const [kind = "", id = ""] = notice.split(" ");
    const at = performance.now();
    recent = [...recent.filter((each) => at - each.at < memory), { kind, id, at }].slice(-1_000);
    for (const follower of followers) {
      const news = readNews({ kind, id }, follower);
      if (news) follower.tell(news);
    }
  }

  function rest(): void {
    clearTimeout(idle);
    void listener?.close();
    listener = undefined;
  }

  draining.addEventListener("abort", () => {
    tellAll("over");
    rest();
  });

  return {
    /**
     * Adds a stream.
     *
     * @returns a function that removes it
     * @throws live.too_many, live.unavailable
     */
    add(follower: Follower): () => void {
      const own = [...followers].filter(({ userId }) => userId === follower.userId);
      if (own.length >= streamsOfPerson.most) throw liveError("live.too_many");
      if (draining.aborted || followers.size >= streamsInAll.most) {
        throw liveError("live.unavailable", { headers: { "Retry-After": "10" } });
      }
      clearTimeout(idle);
      followers.add(follower);
      // Notices before the first connection are lost, too.
      listener ??= listen({ onNotice, onListening: () => tellAll("changed") });
      const now = performance.now();
      for (const notice of recent) {
        const news = now - notice.at < memory && readNews(notice, follower);
        if (news) follower.tell(news);
      }
      return () => {
        followers.delete(follower);
        if (followers.size === 0) idle = setTimeout(rest, linger).unref();
      };
    },
  };
}

/** Tells what a notice means to a stream. A change of members may end anybody's access. */
function readNews(
  { kind, id }: Pick<Notice, "kind" | "id">,
  { organizationId, userId, list }: Follower,
): News | undefined {
  if (kind === "sessions") return id === userId ? "doubtful" : undefined;
  if (id !== organizationId) return undefined;
  if (kind === list) return "changed";
  return kind === "members" ? "doubtful" : undefined;
}
