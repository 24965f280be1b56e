import { z } from "zod";
import { startHuggingFaceStandIn, type HuggingFaceStandIn } from "../../dev/hugging-face/server.ts";

const redirectUri = "http://127.0.0.1:3301/callback/connector";
/** The scopes of the recordings: with the role in each organization. */
export const recordedScope = "openid profile email read-memberships";
const client = { clientId: "hf-client", clientSecret: "hf secret:+%" };
const tokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal("bearer"),
  expires_in: z.number(),
  scope: z.string(),
});

const userinfoAnswer = z.looseObject({ sub: z.string() });
type Userinfo = z.infer<typeof userinfoAnswer>;

type Parameters = Record<string, string>;

export function requestOf(changes: Parameters = {}): URLSearchParams {
  return new URLSearchParams({
    response_type: "code",
    client_id: client.clientId,
    scope: "openid profile email",
    redirect_uri: redirectUri,
    state: "q7XSMLmb2HE",
    ...changes,
  });
}

function unescapeHtml(html: string): string {
  return html.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&amp;", "&");
}

/** A stand-in, and the steps of a browser and an application. */
export class HuggingFaceVisit {
  #standIn: HuggingFaceStandIn | undefined;

  async start(): Promise<void> {
    this.#standIn = await startHuggingFaceStandIn({
      applications: [
        {
          ...client,
          name: "The visitor",
          redirectUris: [redirectUri, "http://127.0.0.1:3302/callback/*"],
        },
      ],
      port: 0,
    });
  }

  async stop(): Promise<void> {
    await this.#standIn?.stop();
  }

  get world(): HuggingFaceStandIn["world"] {
    if (!this.#standIn) throw new Error("It has not started.");
    return this.#standIn.world;
  }

  get issuer(): string {
    return this.#standIn?.issuer ?? "";
  }

  async open(path: string): Promise<{ status: number; page: string }> {
    const response = await fetch(this.issuer + path, { redirect: "manual" });
    return { status: response.status, page: await response.text() };
  }

  /** Submits the form of the consent page as a browser would: every hidden field, and the button. */
  async decide(username: string, decision: string, changes?: Parameters): Promise<URL> {
    const { page: choice } = await this.open(`/oauth/authorize?${requestOf(changes).toString()}`);
    const links = [...choice.matchAll(/href="([^"]+)"/g)].map(([, link = ""]) =>
      unescapeHtml(link),
    );
    const link = links.find((each) => new URLSearchParams(each).get("person") === username);
    if (link === undefined) throw new Error(`${username} is not on the page`);
    const { page } = await this.open(link);
    const form = new URLSearchParams({ decision });
    for (const [, name = "", value = ""] of page.matchAll(
      /<input type="hidden" name="([^"]*)" value="([^"]*)"/g,
    )) {
      form.append(name, unescapeHtml(value));
    }
    const response = await fetch(`${this.issuer}/oauth/authorize`, {
      method: "POST",
      body: form,
      redirect: "manual",
    });
    if (response.status !== 303) throw new Error(`Not sent back: ${await response.text()}`);
    return new URL(response.headers.get("location") ?? "");
  }

  async obtainToken(username: string, changes?: Parameters) {
    const callback = await this.decide(username, "authorize", changes);
    const { clientId, clientSecret } = client;
    const credentials = [clientId, clientSecret].map(encodeURIComponent).join(":");
    const response = await fetch(`${this.issuer}/oauth/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(credentials)}` },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code: callback.searchParams.get("code") ?? "",
        redirect_uri: redirectUri,
      }),
    });
    return tokenAnswer.parse(await response.json());
  }

  async readUserinfo(accessToken: string): Promise<{ status: number; answer: unknown }> {
    const response = await fetch(`${this.issuer}/oauth/userinfo`, {
      headers: { authorization: `bearer ${accessToken}` },
    });
    return { status: response.status, answer: await response.json() };
  }

  /** The recorded answer, with the addresses that the stand-in must give as its own. */
  atHome(userinfo: object): Userinfo {
    const here = JSON.stringify(userinfo)
      .replaceAll("https://huggingface.co", this.issuer)
      .replaceAll("avatars/0001", "avatars/ada")
      .replaceAll("avatars/0002", "avatars/grace")
      .replaceAll("avatars/org", "avatars/analytical");
    return userinfoAnswer.parse(JSON.parse(here));
  }
}
