/** The panel of a header menu: as wide as the screen on a phone, with a fixed width beside its button elsewhere. */
export const menuPanelClass =
  "dropdown-content mt-2 rounded-box border border-base-300 bg-base-100 shadow-xl shadow-black/10 max-sm:inset-x-4 max-sm:top-full max-sm:mt-0 sm:top-full";

/** One line of a header menu, link or button: 44 px tall, and a target over its whole width (WCAG 2.5.8). */
export const menuRowClass =
  "flex min-h-11 w-full items-center gap-3 rounded-field px-2.5 py-1.5 text-start outline-offset-[-2px] hover:bg-base-content/8";
