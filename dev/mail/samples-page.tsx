import { productName } from "../../src/runtime/product.ts";
import { renderDocument } from "../pages/document.tsx";
import { LinkedText, standIn } from "./pages.tsx";
import type { RenderedSample } from "./rendered-samples.ts";

/** Shows every mail that the product can send: both of its forms, side by side. */
export function renderSamplesPage(samples: readonly RenderedSample[]): string {
  return renderDocument({
    title: "Every mail",
    standIn,
    children: (
      <div class="wide">
        <p>
          <a href="/">← All mail</a>
        </p>
        <h1>Every mail that {productName} sends</h1>
        <p class="quiet">
          Written from sample facts in <code>dev/mail/samples/</code>. Load the page again after you
          have changed a text.
        </p>
        {samples.map(({ occasion, template, subject, text, html }) => (
          <section key={occasion}>
            <h2>{subject}</h2>
            <p class="quiet">
              {occasion} · <code>{template}</code>
            </p>
            <div class="sides">
              <iframe
                title={`HTML: ${occasion}`}
                srcdoc={`<base target="_blank">${html}`}
                sandbox="allow-popups allow-popups-to-escape-sandbox"
              />
              <pre class="card">
                <LinkedText text={text} />
              </pre>
            </div>
          </section>
        ))}
      </div>
    ),
  });
}
