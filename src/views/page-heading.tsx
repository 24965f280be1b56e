import type { ComponentChildren } from "preact";

interface PageHeadingProps {
  title: string;
  /** An avatar or icon to the left of the title. */
  mark?: ComponentChildren;
  /** The most important act of the page: to the right of the title, or under it on a phone. */
  action?: ComponentChildren;
  children?: ComponentChildren;
}

/** The only `h1` of a page, with a sentence under it. */
export function PageHeading({ title, mark, action, children }: PageHeadingProps) {
  return (
    <div
      class={`mb-8 flex items-center gap-4 sm:mb-10 sm:gap-5 ${action ? "max-sm:flex-wrap" : ""}`}
    >
      {mark}
      <div class={`min-w-0 ${action ? "sm:flex-1" : ""}`}>
        <h1 class="break-name text-3xl font-bold tracking-tight sm:text-4xl">{title}</h1>
        {children && <div class="mt-2 text-lg text-base-content/75">{children}</div>}
      </div>
      {action}
    </div>
  );
}
