import { createTransport } from "nodemailer";
import type Mail from "nodemailer/lib/mailer/index.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findAnyPort, isPortFree } from "../../dev/system/ports.ts";
import { startMailCatcher, type MailCatcher } from "../../dev/mail/server.ts";

let catcher: MailCatcher;

beforeEach(async () => {
  catcher = await startMailCatcher({ smtpPort: 0, httpPort: 0 });
});
afterEach(() => catcher.stop());

const invitation = {
  from: "Example <hello@product.example>",
  to: "Zoë <zoe@example.org>",
  subject: "You are invited to <Acme> & Söhne",
  text: "Join here: http://localhost:3000/invitations/abc?x=1&y=2.\nSee you",
  html: '<p>Join <a href="http://localhost:3000/invitations/abc">here</a></p><script>alert(1)</script>',
};

async function send(mail: Mail.Options, auth?: { user: string; pass: string }): Promise<void> {
  const { hostname, port } = new URL(catcher.smtpUrl);
  const transport = createTransport({ host: hostname, port: Number(port), ...(auth && { auth }) });
  await transport.sendMail(mail);
  transport.close();
}

async function read(path: string): Promise<{ response: Response; body: string }> {
  const response = await fetch(catcher.url + path);
  return { response, body: await response.text() };
}

describe("the mail catcher", () => {
  it("returns the mails, newest first", async () => {
    await send(invitation);
    await send({ ...invitation, subject: "second", bcc: "hidden@example.org" });
    const [second, first] = catcher.messages();
    expect(first).toMatchObject({
      subject: invitation.subject,
      from: '"Example" <hello@product.example>',
      to: '"Zoë" <zoe@example.org>',
      html: expect.stringContaining("invitations/abc"),
    });
    expect(first?.text?.trim()).toBe(invitation.text);
    expect(second?.subject).toBe("second");
    expect(second?.envelope.to).toEqual(["zoe@example.org", "hidden@example.org"]);
  });

  it("lists them on a page that escapes what they say, and refreshes itself until that is stopped", async () => {
    expect((await read("/")).body).toContain("No mail yet");
    await send(invitation);
    const { body, response } = await read("/");
    expect(body).toContain("You are invited to &lt;Acme> &amp; Söhne");
    expect(response.headers.get("refresh")).toBe("5");
    expect((await read("/?still")).response.headers.has("refresh")).toBe(false);
    expect(body).not.toMatch(/<script/i);
  });

  it("shows one mail: text with links, headers, and the HTML part in a frame without scripts", async () => {
    await send(invitation);
    const { body } = await read("/mails/1");
    expect(body).toContain('<a href="http://localhost:3000/invitations/abc?x=1&amp;y=2">');
    expect(body).toMatch(/Message-ID: &lt;/i);
    expect(body).not.toMatch(/<script/i);
    expect(body).toMatch(/<iframe[^>]*src="\/mails\/1\/html"[^>]*sandbox="(?![^"]*allow-scripts)/);

    const html = await read("/mails/1/html");
    const policy = html.response.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^sandbox (?!.*allow-scripts)/);
    expect(policy).toContain("default-src 'none'");
    expect(html.body).toContain(invitation.html);
  });

  it("fails when a port is taken, and leaves the other one free", async () => {
    const httpPort = Number(new URL(catcher.url).port);
    const smtpPort = await findAnyPort();
    await expect(startMailCatcher({ smtpPort, httpPort })).rejects.toThrow(/EADDRINUSE/);
    expect(await isPortFree(smtpPort)).toBe(true);
  });
});
