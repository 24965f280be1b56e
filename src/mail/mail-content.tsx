import { productName } from "../runtime/product.ts";
import { renderPage } from "../http/reply.ts";
import { writeInitials } from "../views/avatar.tsx";

/** The content of a mail. Both of its forms, HTML and plain text, are rendered from it. */
export type MailContent = {
  subject: string;
  /** Plain text without markup, one paragraph each. */
  paragraphs: readonly string[];
  /** The one thing to do, if any. */
  action?: { label: string; href: string };
  /** The name of the organization that it is about. It stands above the text, with its initial. */
  organization?: string;
  /** Small print: why they get the mail, and what to do when it is not for them. */
  footnote: string;
};

/** No mail program shows more characters of a subject. */
const longestSubject = 150;

/** Renders both forms of a mail (multipart/alternative: RFC 2046, section 5.1.4). */
export function renderMail(given: MailContent): { subject: string; text: string; html: string } {
  const content = {
    ...given,
    subject: shorten(toLine(given.subject), longestSubject),
    paragraphs: given.paragraphs.map(toLine),
    footnote: toLine(given.footnote),
    ...(given.organization !== undefined && { organization: toLine(given.organization) }),
  };
  return {
    subject: content.subject,
    text: renderText(content),
    html: renderPage(<MailDocument {...content} />),
  };
}

/** Names come from strangers: removes line ends, and characters that turn the reading direction of what follows. */
function toLine(text: string): string {
  return text.replaceAll(/(?:(?![\u200c\u200d])[\p{Cc}\p{Cf}\s])+/gu, " ").trim();
}

/** Splits text into what people see as one character, so that no emoji of several parts is cut. */
const segmenter = new Intl.Segmenter("en");

function shorten(text: string, length: number): string {
  const characters = Array.from(segmenter.segment(text), ({ segment }) => segment);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}

function renderText({ paragraphs, action, footnote }: MailContent): string {
  const parts = [...paragraphs, ...(action ? [`${action.label}:\n${action.href}`] : [])];
  return `${[...parts, `--\n${footnote}`].join("\n\n")}\n`;
}

const ink = "#16231e";
const muted = "#55635d";
const accent = "#0f5c43";
const font =
  "font-family:-apple-system,'Segoe UI',Roboto,'Noto Sans','Helvetica Neue',Arial,sans-serif";

/** Mail programs support neither stylesheets nor most of CSS, hence the inline styles. */
function MailDocument({ subject, organization, paragraphs, action, footnote }: MailContent) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light" />
        <title>{subject}</title>
      </head>
      <body
        style={`margin:0;padding:32px 16px;background:#f3f6f4;color:${ink};overflow-wrap:anywhere;${font}`}
      >
        <div style="max-width:520px;margin:0 auto;padding:32px;background:#ffffff;border:1px solid #dde4e0;border-radius:12px">
          <p style={`margin:0 0 24px;font-weight:700;color:${accent}`}>{productName}</p>
          {organization !== undefined && (
            <p style="margin:0 0 24px;font-size:16px;font-weight:700">
              <span
                aria-hidden="true"
                style={`display:inline-block;width:32px;margin-right:10px;border-radius:8px;background:#dcebe4;color:${accent};line-height:32px;text-align:center`}
              >
                {writeInitials(organization, 1)}
              </span>
              {organization}
            </p>
          )}
          {paragraphs.map((paragraph) => (
            <p key={paragraph} style="margin:0 0 16px;font-size:16px;line-height:1.5">
              {paragraph}
            </p>
          ))}
          {action && (
            <>
              <p style="margin:24px 0">
                <a
                  href={action.href}
                  style={`display:inline-block;padding:12px 20px;border-radius:8px;background:${accent};color:#ffffff;font-weight:600;text-decoration:none`}
                >
                  {action.label}
                </a>
              </p>
              <p style={`margin:0 0 16px;font-size:13px;line-height:1.5;color:${muted}`}>
                Or open this address: <span style="word-break:break-all">{action.href}</span>
              </p>
            </>
          )}
          <p
            style={`margin:24px 0 0;padding-top:16px;border-top:1px solid #dde4e0;font-size:13px;line-height:1.5;color:${muted}`}
          >
            {footnote}
          </p>
        </div>
      </body>
    </html>
  );
}
