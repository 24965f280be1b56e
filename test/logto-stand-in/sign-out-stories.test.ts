import { beforeEach, expect, it } from "vitest";
import type { Page } from "../support/browser.ts";
import { findForms } from "../support/page-forms.ts";
import { exchange, fetchUserinfo, SignInBrowser } from "./browser.ts";
import { useReceiver } from "./receiver.ts";
import { readRecordings } from "./recordings.ts";
import { application, useStandIn } from "./stand-in.ts";

type Act = "delete" | "suspend" | "end" | "expire";
type Step =
  | { act: Act }
  | { open: string; form: string[] }
  | { confirm: { xsrf: string; logout?: string }; answer: object };
type Story = {
  name: string;
  signedIn: boolean;
  steps: Step[];
  logoutTokens: number;
  afterwards?: { userinfoStatus: number; promptNone: string };
};

const stories: Story[] = JSON.parse(JSON.stringify(readRecordings("end-session-stories")));
/** Where the recorded server was. */
const recordedOrigin = "http://127.0.0.1:3301";
const password = "Pass-adam-2026!";
const scope = "openid offline_access profile email identities";

const receiver = useReceiver();
beforeEach(() => {
  receiver.received.splice(0);
});

const standIn = useStandIn(() => ({
  application: { ...application, backchannelLogoutUri: `${receiver.url}/backchannel` },
}));

let count = 0;
async function createUser() {
  const username = `adam${(count += 1)}`;
  const { body } = await standIn.manage("POST", "/users", { username, password });
  return { username, id: body.id };
}

async function endSessionOf(userId: string): Promise<void> {
  const { body } = await standIn.manage("GET", `/users/${userId}/sessions`);
  const [session] = body["sessions"] as { payload: { uid: string } }[];
  await standIn.manage("DELETE", `/users/${userId}/sessions/${session?.payload.uid}`);
}

const acts: Record<Act, (userId: string) => Promise<unknown>> = {
  delete: (id) => standIn.manage("DELETE", `/users/${id}`),
  suspend: (id) => standIn.manage("PATCH", `/users/${id}/is-suspended`, { isSuspended: true }),
  end: endSessionOf,
  expire: (id) =>
    standIn.query(
      "delete from oidc_models where model = 'Session' and payload->>'accountId' = $1",
      [id],
    ),
};

const readForm = (page: Page) => new URLSearchParams(findForms(page)[0]?.fields);

/** @returns the outcome of a silent authorization request */
async function askSilently(browser: SignInBrowser): Promise<string> {
  const { url } = await browser.authorize({ prompt: "none", scope });
  return new URL(url).searchParams.get("error") ?? "signed in";
}

/** Plays the recorded steps, and describes the same steps as they went here. */
async function play(steps: Step[], browser: SignInBrowser, userId: string, idToken: string) {
  const forms: string[] = [];
  const seen: Step[] = [];
  for (const step of steps) {
    if ("act" in step) {
      await acts[step.act](userId);
      seen.push(step);
    } else if ("open" in step) {
      const page = await browser.open(standIn.endpoint + step.open.replace("<id_token>", idToken));
      const fields = readForm(page);
      forms.push(fields.get("xsrf") ?? "");
      seen.push({ open: step.open, form: [...fields.keys()] });
    } else {
      const { xsrf, ...rest } = step.confirm;
      const token = { "first form": forms[0], "last form": forms.at(-1) }[xsrf] ?? xsrf;
      const form = { xsrf: token, ...rest };
      const answer = await browser.post(`${standIn.issuer}/session/end/confirm`, form);
      const { status } = answer;
      const location = answer.headers.get("location")?.replace(standIn.endpoint, recordedOrigin);
      const end = location === undefined ? { body: await answer.json() } : { location };
      seen.push({ confirm: step.confirm, answer: { status, ...end } });
    }
  }
  return seen;
}

it.each(stories)("$name", async ({ signedIn, steps, logoutTokens, afterwards }) => {
  const { username, id } = await createUser();
  const browser = new SignInBrowser(standIn);
  const request = { scope, prompt: "consent" };
  const tokens = signedIn
    ? await exchange(standIn, await browser.signIn(username, password, request))
    : { id_token: "", access_token: "" };
  expect(await play(steps, browser, id, tokens.id_token)).toEqual(steps);
  expect(receiver.received).toHaveLength(logoutTokens);
  const { status } = await fetchUserinfo(standIn, tokens.access_token);
  const after = { userinfoStatus: status, promptNone: await askSilently(browser) };
  expect(after).toEqual(afterwards ?? after);
});
