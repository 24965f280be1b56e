import type { ComponentChildren } from "preact";

interface CardProps {
  /** The section's heading, and through `id` its accessible name. */
  title: string;
  id: string;
  description?: string;
  /** The edge of a card with acts that are hard to undo. */
  tone?: "danger";
  /** Beside the title. */
  action?: ComponentChildren;
  children: ComponentChildren;
}

/** A region of a page with a title. */
export function Card({ title, id, description, tone, action, children }: CardProps) {
  return (
    <section
      id={id}
      class={`rounded-box border bg-base-100 p-5 sm:p-7 ${tone === "danger" ? "border-error/50" : "border-base-300"}`}
      aria-labelledby={`${id}-title`}
    >
      <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 id={`${id}-title`} class="break-name text-xl font-semibold tracking-tight">
          {title}
        </h2>
        {action}
      </div>
      {description && <p class="break-name mt-1 text-base-content/75">{description}</p>}
      <div class="mt-5">{children}</div>
    </section>
  );
}
