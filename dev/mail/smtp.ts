import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import { portOf } from "../system/ports.ts";
import type { CaughtMail } from "./caught-mail.ts";

/**
 * Takes every mail from this machine, for any sender, recipient and password.
 *
 * @throws {Error} with the code EADDRINUSE when the port is taken
 */
export async function listenForMail(
  port: number,
  receive: (raw: Buffer, envelope: CaughtMail["envelope"]) => Promise<void>,
): Promise<{ port: number; stop(): Promise<void> }> {
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    // Senders would fail on a certificate that they do not trust.
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    closeTimeout: 500,
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username ?? "anybody" }),
    onData: (stream, session, callback) => void take(stream, session, callback),
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  // A sender that hangs up in the middle must not end the process.
  server.removeAllListeners("error").on("error", () => {});
  return {
    port: portOf(server.server),
    stop: () => new Promise((resolve) => server.close(resolve)),
  };

  async function take(
    stream: Readable,
    session: SMTPServerSession,
    callback: (fault?: Error) => void,
  ): Promise<void> {
    try {
      await receive(await buffer(stream), readEnvelope(session));
    } catch (fault) {
      return callback(new Error("The mail could not be read", { cause: fault }));
    }
    callback();
  }
}

function readEnvelope({ envelope }: SMTPServerSession): CaughtMail["envelope"] {
  return {
    from: envelope.mailFrom ? envelope.mailFrom.address : "",
    to: envelope.rcptTo.map(({ address }) => address),
  };
}
