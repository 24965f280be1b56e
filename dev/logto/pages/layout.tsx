import type { ComponentChildren } from "preact";
import { productName } from "../../../src/runtime/product.ts";
import { LogoMark } from "../../../src/views/logo.tsx";
import { renderDocument } from "../../pages/document.tsx";

/** Renders a page of the stand-in. It works without JavaScript; `script` may only add comfort. */
export function renderPage(page: {
  title: string;
  script?: string;
  children: ComponentChildren;
  /** Stands under the card. */
  below?: ComponentChildren;
}): string {
  return renderDocument({
    ...page,
    standIn: "Logto stand-in",
    children: (
      <>
        <p class="brand">
          <LogoMark />
          {productName}
        </p>
        <div class="card">
          <h1>{page.title}</h1>
          {page.children}
        </div>
        {page.below}
      </>
    ),
  });
}

/** The message that says what went wrong, announced by screen readers. */
export function Fault({ message }: { message: string | undefined }) {
  if (message === undefined) return null;
  return (
    <div class="fault" role="alert">
      {message}
    </div>
  );
}
