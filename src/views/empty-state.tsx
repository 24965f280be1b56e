import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";

interface EmptyStateProps {
  icon: IconName;
  title: string;
  children: ComponentChildren;
}

/** A box in place of an empty list. It says why the list is empty and what to do next. */
export function EmptyState({ icon, title, children }: EmptyStateProps) {
  return (
    <div class="grid justify-items-center rounded-box border border-dashed border-base-content/30 px-5 py-10 text-center sm:py-14">
      <span class="mb-4 grid size-12 place-items-center rounded-full bg-primary/10 text-primary">
        <Icon name={icon} class="size-6" />
      </span>
      <p class="text-lg font-semibold">{title}</p>
      <div class="mt-1 max-w-prose text-base-content/75">{children}</div>
    </div>
  );
}
