import { CopyField } from "../views/copy-field.tsx";
import { Icon } from "../views/icon.tsx";
import type { Receipt } from "./receipt.ts";

/** The links that a form made, and who got none. */
export function ReceiptCard({ receipt: { title, links, others } }: { receipt: Receipt }) {
  return (
    <section
      class="rounded-box border border-base-300 bg-base-100 p-5 sm:p-7"
      aria-labelledby="receipt-title"
    >
      <div role="status">
        <h2 id="receipt-title" class="flex items-center gap-2 text-xl font-semibold tracking-tight">
          <Icon name="circleCheck" class="size-5 text-success" />
          {title}
        </h2>
        <p class="mt-1">
          {links.length === 1
            ? "Copy this link now. It won’t be shown again."
            : "Copy these links now. They won’t be shown again."}
        </p>
      </div>
      <ul class="mt-5 grid gap-5">
        {links.map(({ href, ...link }, index) => (
          <li key={href}>
            <CopyField id={`link-${index}`} {...link} value={href} />
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <ul class="mt-5 grid gap-1 border-t border-base-300 pt-4">
          {others.map((sentence) => (
            <li key={sentence} class="break-name">
              {sentence}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
