import { productName } from "../../src/runtime/product.ts";
import { renderDocument } from "../pages/document.tsx";
import type { CaughtMail } from "./caught-mail.ts";

export const standIn = "Mail catcher";

/** Lists all mails, newest first. The browser reads the page again every few seconds, until a person stops that. */
export function renderListPage(
  mails: readonly CaughtMail[],
  { smtpUrl, isStill }: { smtpUrl: string; isStill: boolean },
): string {
  return renderDocument({
    title: `${mails.length} ${mails.length === 1 ? "mail" : "mails"}`,
    standIn,
    children: (
      <div class="wide">
        <h1>Mail</h1>
        <p class="quiet">
          Everything sent to <code>{smtpUrl}</code> ends up here, and goes nowhere else.{" "}
          {isStill ? (
            <a href="/">Show new mail as it comes</a>
          ) : (
            <a href="/?still">Stop reloading this page</a>
          )}
        </p>
        <p>
          <a href="/samples">Preview every mail that {productName} sends</a>
        </p>
        {mails.length === 0 ? (
          <div class="card">No mail yet. Invite someone, and the invitation appears here.</div>
        ) : (
          <ul class="choices">
            {mails.map((mail) => (
              <li key={mail.id}>
                <a class="choice" href={`/mails/${mail.id}`}>
                  <span>
                    <strong>{mail.subject}</strong>
                    <small>
                      to {mail.to} · from {mail.from}
                    </small>
                  </span>
                  <Time at={mail.receivedAt} />
                </a>
              </li>
            ))}
          </ul>
        )}
      </div>
    ),
  });
}

export function renderMailPage(mail: CaughtMail): string {
  return renderDocument({
    title: mail.subject,
    standIn,
    children: (
      <div class="wide">
        <p>
          <a href="/">← All mail</a>
        </p>
        <h1>{mail.subject}</h1>
        <dl>
          <dt>From</dt>
          <dd>{mail.from}</dd>
          <dt>To</dt>
          <dd>{mail.to}</dd>
          <dt>Delivered to</dt>
          <dd>{mail.envelope.to.join(", ")}</dd>
          <dt>Received</dt>
          <dd>
            <Time at={mail.receivedAt} />
          </dd>
        </dl>
        {mail.html !== undefined && (
          <>
            <h2>HTML</h2>
            <iframe
              title="HTML part"
              src={`/mails/${mail.id}/html`}
              sandbox="allow-popups allow-popups-to-escape-sandbox"
            />
          </>
        )}
        {mail.text !== undefined && (
          <>
            <h2>Text</h2>
            <pre class="card">
              <LinkedText text={mail.text} />
            </pre>
          </>
        )}
        <h2>Headers</h2>
        <pre class="card">{mail.headers.join("\n")}</pre>
      </div>
    ),
  });
}

/** A text whose addresses are links. */
export function LinkedText({ text }: { text: string }) {
  return (
    <>
      {text
        .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/)
        .map((part, index) => (index % 2 === 1 ? <a href={part}>{part}</a> : part))}
    </>
  );
}

function Time({ at }: { at: Date }) {
  return <time datetime={at.toISOString()}>{at.toLocaleString("sv-SE")}</time>;
}
