import type { ComponentChildren, HTMLAttributes } from "preact";

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "header-menu": HTMLAttributes<HTMLElement>;
    }
  }
}

/** One line of a header menu, link or button: 44 px tall, and a target over its whole width (WCAG 2.5.8). */
export const menuRowClass = "menu-row";

interface HeaderMenuProps {
  id: string;
  /** The name of the landmark. */
  label: string;
  opener: ComponentChildren;
  openerClass: string;
  panelClass: string;
  children: ComponentChildren;
}

/**
 * A menu of the header. It is a popover, so that Escape and a tap outside close it without JavaScript, and the focus returns.
 * public/header-menu.js adds arrow keys and search.
 */
export function HeaderMenu(props: HeaderMenuProps) {
  const { id, label, opener, openerClass, panelClass, children } = props;
  return (
    <nav class="min-w-0" aria-label={label}>
      <header-menu>
        <button class={`btn btn-ghost ${openerClass}`} type="button" popovertarget={id}>
          {opener}
        </button>
        <div class={`menu-panel ${panelClass}`} id={id} popover="auto">
          {children}
        </div>
      </header-menu>
    </nav>
  );
}
