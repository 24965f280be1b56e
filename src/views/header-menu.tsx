import type { ComponentChildren } from "preact";

import { Icon, type IconName } from "./icon.tsx";

/** One line of a header menu, link or button: 44 px tall, and a target over its whole width (WCAG 2.5.8). */
export const menuRowClass =
  "flex min-h-11 w-full items-center gap-3 rounded-field px-2.5 py-1.5 text-start outline-offset-[-2px] hover:bg-base-content/8";

interface HeaderMenuProps {
  label: string;
  /** The classes of the navigation, the menu, its button and its panel, besides those of every header menu. */
  classes: { nav?: string; menu: string; button: string; panel: string };
  button: ComponentChildren;
  children: ComponentChildren;
}

/** A menu of the header. Its panel is as wide as the screen on a phone, and stands beside its button elsewhere. */
export function HeaderMenu({ label, classes, button, children }: HeaderMenuProps) {
  return (
    <nav class={classes.nav} aria-label={label}>
      <details class={`header-menu dropdown max-sm:static ${classes.menu}`} name="header-menu">
        <summary class={`btn btn-ghost ${classes.button}`}>
          {button}
          <Icon name="chevronDown" class="size-4 opacity-70" />
        </summary>
        <div
          class={`dropdown-content mt-2 rounded-box border border-base-300 bg-base-100 shadow-xl shadow-black/10 max-sm:inset-x-4 max-sm:top-full max-sm:mt-0 sm:top-full ${classes.panel}`}
        >
          {children}
        </div>
      </details>
    </nav>
  );
}

export function HeaderLink({ href, icon, text }: { href: string; icon: IconName; text: string }) {
  return (
    <li>
      <a class={menuRowClass} href={href}>
        <Icon name={icon} />
        {text}
      </a>
    </li>
  );
}
