import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type MailCatcher, startMailCatcher } from "../../dev/mail/server.ts";
import { findAnyPort } from "../../dev/system/ports.ts";
import { createMailer, MailError } from "../../src/mail/mailer.ts";

const content = {
  subject: "Hello",
  paragraphs: ["One.", "Two."],
  action: { label: "Open", href: "http://localhost:3000/o/acme" },
  footnote: "You get this because.",
};

let catcher: MailCatcher;
beforeAll(async () => {
  catcher = await startMailCatcher({ smtpPort: 0, httpPort: 0 });
});
afterAll(() => catcher.stop());

const mailerFor = (smtpUrl: string | undefined) =>
  createMailer({
    smtpUrl,
    from: "Example <mail@product.example>",
    baseUrl: "https://app.product.example",
  });

/** Sends one, and reads what came of it. */
async function send(mail: { to?: string; id?: string; content?: Partial<typeof content> } = {}) {
  const mailer = mailerFor(catcher.smtpUrl);
  await mailer.send({
    to: mail.to ?? "ada@x.example",
    id: mail.id ?? "1.2",
    content: { ...content, ...mail.content },
  });
  mailer.close();
  const [caught] = catcher.messages();
  if (!caught) throw new Error("Nothing came.");
  return caught;
}

/** A mail server that is not the catcher: with passwords, or that refuses. */
async function startServer(options: SMTPServerOptions) {
  const server = new SMTPServer({ disableReverseLookup: true, closeTimeout: 100, ...options });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as { port: number };
  return { port, stop: () => new Promise<void>((resolve) => server.close(resolve)) };
}

const attempt = (smtpUrl: string | undefined, to = "ada@x.example") => {
  const mailer = mailerFor(smtpUrl);
  return mailer
    .send({ to, id: "1.2", content })
    .then(
      () => "sent",
      (error: unknown) => error,
    )
    .finally(() => mailer.close());
};

describe("send()", () => {
  it("sends HTML and plain text, from MAIL_FROM, marked as automatic", async () => {
    const mail = await send();
    expect(mail).toMatchObject({
      envelope: { from: "mail@product.example", to: ["ada@x.example"] },
      from: '"Example" <mail@product.example>',
      to: "ada@x.example",
      subject: "Hello",
    });
    expect(mail.text).toContain("One.\n\nTwo.\n\nOpen:\nhttp://localhost:3000/o/acme\n\n--\n");
    expect(mail.html).toContain("<p ");
    expect(mail.headers).toContain("Auto-Submitted: auto-generated");
    expect(mail.headers.join("\n")).toMatch(/^Content-Type: multipart\/alternative;/m);
  });

  it("gives a mail the same id each time", async () => {
    const ids = [];
    for (const id of ["7.1764000000000", "7.1764000000000", "8.1764000000000"]) {
      const { headers } = await send({ id });
      ids.push(headers.find((line) => line.startsWith("Message-ID:")));
    }
    expect(ids).toEqual([
      "Message-ID: <7.1764000000000@app.product.example>",
      "Message-ID: <7.1764000000000@app.product.example>",
      "Message-ID: <8.1764000000000@app.product.example>",
    ]);
  });

  it.each([
    "a@x.example,b@y.example",
    "a@x.example\r\nBcc: b@y.example",
    "a@x.example>\r\nRCPT TO:<b@y.example",
    "Bea <b@y.example>, a@x.example",
    "group: a@x.example, b@y.example;",
    '"a@x.example,b"@y.example',
    '"a@x.example x"@y.example',
    `${"group: ".repeat(5_000)}a@x.example;`,
  ])("IN10 sends to one recipient, whatever the address is: %j", async (to) => {
    const before = catcher.messages().length;
    const result = await attempt(catcher.smtpUrl, to);
    expect(result === "sent" || result instanceof MailError).toBe(true);
    const came = catcher.messages().slice(0, catcher.messages().length - before);
    for (const mail of came) {
      expect(mail.envelope.to).toHaveLength(1);
      expect(mail.headers.filter((line) => /^(to|cc|bcc):/i.test(line))).toHaveLength(1);
      expect(mail.headers.join("\n")).not.toMatch(/^bcc:/im);
    }
    // Nobody else is written to: neither of them is the address that was given.
    const recipients = came.flatMap(({ envelope }) => envelope.to);
    expect(recipients).not.toContain("a@x.example");
    expect(recipients).not.toContain("b@y.example");
  });

  it.each(["Ada\r\nBcc: b@y.example", "Ada\r\n\r\n<b>body</b>", "Ada\u2028Bcc: b@y.example"])(
    "IN10 lets no subject make a header: %j",
    async (subject) => {
      const mail = await send({ content: { subject } });
      expect(mail.subject).toBe(subject.replaceAll(/\s+/g, " "));
      expect(mail.envelope.to).toEqual(["ada@x.example"]);
      expect(mail.headers.join("\n")).not.toMatch(/^(bcc|x-injected):/im);
      expect(mail.text).toMatch(/^One\./);
    },
  );

  it("fails while no server listens, and sends the next mail once one does", async () => {
    const port = await findAnyPort();
    const smtpUrl = `smtp://127.0.0.1:${port}`;
    const mailer = mailerFor(smtpUrl);
    const mail = { to: "ada@x.example", id: "1.2", content };
    await expect(mailer.send(mail)).rejects.toThrow(MailError);
    const late = await startMailCatcher({ smtpPort: port, httpPort: 0 });
    await mailer.send(mail);
    mailer.close();
    expect(late.messages()).toHaveLength(1);
    await late.stop();
  });

  it("says that SMTP_URL is not set", async () => {
    expect(await attempt(undefined)).toEqual(
      new MailError("SMTP_URL is not set: mail waits until it is."),
    );
  });

  it("SC03 puts nothing of the mail into the error, whatever the server says", async () => {
    const server = await startServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onRcptTo: ({ address }, _session, callback) =>
        callback(Object.assign(new Error(`no <${address}> here`), { responseCode: 550 })),
    });
    const fault = await attempt(`smtp://127.0.0.1:${server.port}`, "canary@x.example");
    expect(fault).toEqual(
      new MailError("The mail server did not take it (EENVELOPE 550).", { isFinal: true }),
    );
    expect((fault as Error).cause).toBeUndefined();
    expect((fault as Error).stack).not.toContain("canary");
    await server.stop();
  });
});

describe("a mail that was not taken", () => {
  type Hooks = Pick<SMTPServerOptions, "onMailFrom" | "onRcptTo" | "onData">;
  const refusal = (responseCode: number) => Object.assign(new Error("no"), { responseCode });
  const atRecipient = (code: number): Hooks => ({
    onRcptTo: (_address, _session, callback) => callback(refusal(code)),
  });
  const atSender = (code: number): Hooks => ({
    onMailFrom: (_address, _session, callback) => callback(refusal(code)),
  });
  const atContent = (code: number): Hooks => ({
    onData: (stream, _session, callback) =>
      void stream.on("end", () => callback(refusal(code))).resume(),
  });

  it.each([
    ["no such address (550)", atRecipient(550), "for good"],
    ["no address at all (501)", atRecipient(501), "for good"],
    ["content that it does not like (554)", atContent(554), "for good"],
    ["too large (552)", atContent(552), "for good"],
    ["greylisted (450)", atRecipient(450), "for now"],
    ["busy with the content (451)", atContent(451), "for now"],
    ["we have to sign in (530)", atRecipient(530), "for now"],
    ["our password is wrong (535)", atRecipient(535), "for now"],
    ["our sender is not allowed (550)", atSender(550), "for now"],
  ])("is refused %s", async (_what, hooks, expected) => {
    const server = await startServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      ...hooks,
    });
    const fault = await attempt(`smtp://127.0.0.1:${server.port}`);
    await server.stop();
    expect(fault).toBeInstanceOf(MailError);
    expect((fault as MailError).isFinal ? "for good" : "for now").toBe(expected);
  });

  it("is refused for good when the address is invalid, and for now when no server listens", async () => {
    const server = await startServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
    });
    const smtpUrl = `smtp://127.0.0.1:${server.port}`;
    expect(await attempt(smtpUrl, "")).toMatchObject({ isFinal: true });
    await server.stop();
    expect(await attempt(smtpUrl)).toMatchObject({ isFinal: false });
    expect(await attempt(undefined)).toMatchObject({ isFinal: false });
  });
});

describe("an SMTP_URL with a password", () => {
  it("signs in with it, percent-encoded", async () => {
    const seen: unknown[] = [];
    const server = await startServer({
      allowInsecureAuth: true,
      disabledCommands: ["STARTTLS"],
      onAuth({ username, password }, _session, callback) {
        seen.push([username, password]);
        callback(null, { user: username ?? "" });
      },
      onData: (stream, _session, callback) => stream.on("end", callback).resume(),
    });
    const userinfo = "mail%40x.example:p%40ss%2Fw%3Ard";
    expect(await attempt(`smtp://${userinfo}@127.0.0.1:${server.port}`)).toBe("sent");
    expect(seen).toEqual([["mail@x.example", "p@ss/w:rd"]]);
    await server.stop();
  });

  it("is never sent in the clear across a network, unless the query of the URL allows it", async () => {
    const seen: unknown[] = [];
    const server = await startServer({
      allowInsecureAuth: true,
      disabledCommands: ["STARTTLS"],
      onAuth({ username }, _session, callback) {
        seen.push(username);
        callback(null, { user: username ?? "" });
      },
      onData: (stream, _session, callback) => stream.on("end", callback).resume(),
    });
    // This machine, by a name that does not say so.
    const host = `smtp://me:secret@127.1:${server.port}`;
    expect(await attempt(host)).toBeInstanceOf(MailError);
    expect(seen).toEqual([]);
    expect(await attempt(`${host}?requireTLS=false`)).toBe("sent");
    expect(seen).toEqual(["me"]);
    await server.stop();
  });
});
