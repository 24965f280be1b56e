/** Why there is no answer. */
type Fault = "timeout" | "connection failed" | "too long";

/**
 * Sends one request to another server and reads its answer whole. It follows no redirect, and never throws.
 *
 * @param options.signal ends the call, the body included: that is a timeout
 * @param options.maxBytes the longest body that is read
 */
export async function fetchText(
  input: string | Request,
  { maxBytes, signal, ...init }: RequestInit & { signal: AbortSignal; maxBytes: number },
): Promise<{ response: Response; text: string } | Fault> {
  try {
    // Not "error": that one throws the same TypeError as a broken connection. Neither follows a redirect.
    const response = await fetch(input, { ...init, redirect: "manual", signal });
    const decoder = new TextDecoder();
    let bytes = 0;
    let text = "";
    // Leaving the loop early cancels the stream, and with it the transfer.
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) return "too long";
      text += decoder.decode(chunk, { stream: true });
    }
    return { response, text: text + decoder.decode() };
  } catch {
    return signal.aborted ? "timeout" : "connection failed";
  }
}
