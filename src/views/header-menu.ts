/** The panel of a header menu: as wide as the screen on a phone, with a fixed width beside its button elsewhere. */
export const menuPanelClass = "dropdown-content menu-panel";

/** One line of a header menu, link or button: 44 px tall, and a target over its whole width (WCAG 2.5.8). */
export const menuRowClass = "menu-row";
