import { renderDocument } from "../pages/document.tsx";
import type { CaughtMail } from "./caught-mail.ts";

const standIn = "Mail catcher";

/** Lists all mails, newest first. The page reloads every few seconds. */
export function renderListPage(mails: readonly CaughtMail[], smtpUrl: string): string {
  return renderDocument({
    title: `${mails.length} ${mails.length === 1 ? "mail" : "mails"}`,
    standIn,
    refresh: 5,
    children: (
      <div class="wide">
        <h1>Mail</h1>
        <p class="quiet">
          Everything sent to <code>{smtpUrl}</code> ends up here, and goes nowhere else.
        </p>
        {mails.length === 0 ? (
          <div class="card">No mail yet. Invite someone, and the invitation appears here.</div>
        ) : (
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Subject</th>
                  <th scope="col">To</th>
                  <th scope="col">From</th>
                  <th scope="col">Received</th>
                </tr>
              </thead>
              <tbody>
                {mails.map((mail) => (
                  <tr>
                    <td>
                      <a href={`/mails/${mail.id}`}>{mail.subject}</a>
                    </td>
                    <td>{mail.to}</td>
                    <td>{mail.from}</td>
                    <td>
                      <Time at={mail.receivedAt} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
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

function LinkedText({ text }: { text: string }) {
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
