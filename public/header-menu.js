/** Adds to a menu of the header what a popover has not: arrow keys, search, and closing when the focus moves on. */
class HeaderMenu extends HTMLElement {
  #opener;
  #panel;
  #search;

  connectedCallback() {
    this.#opener = this.querySelector("[popovertarget]");
    this.#panel = this.querySelector("[popover]");
    this.#search = this.querySelector("input");
    this.addEventListener("keydown", (event) => this.#press(event));
    this.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !this.contains(relatedTarget)) this.#panel.hidePopover();
    });
    if (!this.#search) return;
    this.#search.parentElement.hidden = false;
    this.#search.addEventListener("input", () => this.#filter());
    this.#panel.addEventListener("toggle", ({ newState }) => {
      this.#search.value = "";
      this.#filter();
      // On a phone, the keyboard would cover the list.
      if (newState === "open" && matchMedia("(hover: hover)").matches) this.#search.focus();
    });
  }

  #press(event) {
    const { key, target } = event;
    const isTyping = target === this.#search;
    if (isTyping && key === "Enter") this.#panel.querySelector("ul > li:not([hidden]) > a")?.click();
    // The first Escape would only empty the field.
    if (isTyping && key === "Escape") this.#panel.hidePopover();
    // Another letter goes on with the search.
    if (this.#search && !isTyping && /^[^\s]$/u.test(key) && !event.ctrlKey && !event.metaKey) this.#search.focus();
    const stops = [...this.#panel.querySelectorAll("input, li:not([hidden]) .menu-row")];
    const index = stops.indexOf(target);
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: -1 }[key];
    if (next === undefined || (isTyping && ["Home", "End"].includes(key))) return;
    event.preventDefault();
    if (!this.#panel.matches(":popover-open")) this.#opener.click();
    (stops.at(next) ?? stops[0]).focus();
  }

  #filter() {
    const words = fold(this.#search.value).split(/\s+/);
    const items = [...this.#panel.querySelector("ul").children];
    for (const item of items) {
      const link = item.querySelector("a");
      const text = fold(`${link.querySelector(".truncate").textContent} ${link.pathname.split("/")[2]}`);
      item.hidden = !words.every((word) => text.includes(word));
    }
    const found = items.filter(({ hidden }) => !hidden).length;
    const status = this.querySelector("[role=status]");
    status.textContent = this.#search.value && `${found || "None"} of your ${items.length} organizations`;
  }
}

/** A text without case and accents. */
const fold = (text) => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();

customElements.define("header-menu", HeaderMenu);
