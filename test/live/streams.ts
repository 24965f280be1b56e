/** An open stream of events, as a browser's EventSource reads it. */
export type Stream = {
  status: number;
  type: string | null;
  connection: string | null;
  /** Its events so far. */
  said: string[];
  hasEnded(): boolean;
  close(): void;
};

/** Opens a stream at an instance, with a session. */
export async function openStream(
  instance: { baseUrl: string },
  path: string,
  { cookie }: { cookie: string },
): Promise<Stream> {
  const hangUp = new AbortController();
  const answer = await fetch(instance.baseUrl + path, {
    headers: { Accept: "text/event-stream", Cookie: cookie, "Sec-Fetch-Site": "same-origin" },
    signal: hangUp.signal,
    redirect: "manual",
  });
  const said: string[] = [];
  let hasEnded = false;
  void (async () => {
    try {
      const decoder = new TextDecoder();
      let text = "";
      for await (const chunk of answer.body ?? []) {
        text += decoder.decode(chunk, { stream: true });
        const events = text.split("\n\n");
        text = events.pop() ?? "";
        said.push(...events.flatMap((event) => /^data: (.*)$/.exec(event)?.[1] ?? []));
      }
    } catch {
      // Cut by one of the two sides.
    }
    hasEnded = true;
  })();
  return {
    status: answer.status,
    type: answer.headers.get("content-type"),
    connection: answer.headers.get("connection"),
    said,
    hasEnded: () => hasEnded,
    close: () => hangUp.abort(),
  };
}
