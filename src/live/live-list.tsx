import type { ComponentChildren, HTMLAttributes } from "preact";

import { organizationPath } from "../access/organization-path.ts";
import { assets } from "../views/assets.ts";
import type { lists } from "./lists.ts";

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "live-list": HTMLAttributes<HTMLElement> & { "data-events": string; "data-page": string };
    }
  }
}

interface LiveListProps {
  organization: { slug: string };
  list: keyof typeof lists;
  /** The address of the page that shows exactly these entries. */
  href: string;
  children: ComponentChildren;
}

/**
 * A list that follows what other people change while it is open (public/live-list.js). Without JavaScript it is as it was when
 * the page was made.
 */
export function LiveList({ organization, list, href, children }: LiveListProps) {
  return (
    <live-list
      class="block"
      data-events={`${organizationPath(organization.slug)}/live/${list}`}
      data-page={href}
    >
      <script type="module" src={assets.pathOf("live-list.js")} />
      <p class="sr-only" role="status" tabindex={-1} />
      {/* Over the page, so that nothing moves under the pointer. */}
      <button
        class="btn btn-primary fixed inset-x-4 bottom-4 z-20 mx-auto max-w-xs text-base shadow-lg"
        type="button"
        hidden
      >
        There are changes. Show them
      </button>
      <div class="grid grid-cols-1 gap-6">{children}</div>
    </live-list>
  );
}
