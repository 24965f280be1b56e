import type { RunningApplication } from "./application.ts";

/** Makes the calls to the Management API that somebody makes in Logto's Console. */
export function openConsole(
  application: Pick<RunningApplication, "config">,
  provider: { managementToken(): Promise<string> },
) {
  return async function manage(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${application.config.logto.endpoint}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await provider.managementToken()}`,
        "content-type": "application/json",
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer.headers.get("content-type")?.includes("json") ? answer.json() : null;
  };
}
