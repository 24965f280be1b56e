/** Keeps a list as it is on the server: docs/live.md. */
class LiveList extends HTMLElement {
  #hasFollowed = false;
  #turn = 0;
  #used = 0;
  #source;
  #timer;

  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => void this.#refresh(true));
    const stay = () => (this.#used = performance.now());
    for (const type of ["keydown", "pointerdown"]) document.addEventListener(type, stay);
    document.addEventListener("visibilitychange", () => this.#follow());
    this.#timer = setInterval(() => this.#follow(), 10_000 + Math.random() * 5_000);
    this.#follow();
  }

  // A page that is hidden, or that nobody has used for half an hour, does not follow: that would keep the session alive.
  #follow() {
    const isUnused = document.hidden || performance.now() - this.#used > 1_800_000;
    if (isUnused) this.#source?.close();
    if (isUnused || (this.#source && this.#source.readyState !== EventSource.CLOSED)) return;
    this.#source = new EventSource(this.dataset.events);
    this.#source.addEventListener("open", () => {
      if (this.#hasFollowed) void this.#refresh(false);
      this.#hasFollowed = true;
    });
    this.#source.addEventListener("message", ({ data, target }) => {
      if (data === "over") {
        clearInterval(this.#timer);
        target.close();
      }
      void this.#refresh(false);
    });
  }

  async #refresh(isWanted) {
    const turn = (this.#turn += 1);
    const answer = await fetch(this.dataset.page).catch(() => undefined);
    const html = answer?.ok ? await answer.text() : "";
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("live-list > div");
    if (isWanted && !fresh) location.reload();
    // Without an answer, or after a fault of the server, nothing is known.
    if (turn === this.#turn && answer && answer.status < 500) this.#show(fresh, isWanted);
  }

  #show(fresh, isWanted) {
    const [status, button, list] = this.querySelectorAll(":scope > :not(script)");
    if (fresh) document.querySelector(".tabs:not(:focus-within) > ul")?.replaceWith(...fresh.ownerDocument.querySelectorAll(".tabs > ul"));
    // A text such as "3 hours ago" changes by itself.
    const isSame = new Set([list, fresh].map((each) => each?.innerHTML.replaceAll(/(<time[^>]*>)[^<]*/g, "$1"))).size === 1;
    const isEdited = [...list.querySelectorAll("input, textarea")].some(({ value, defaultValue }) => value !== defaultValue);
    const isOpen = list.matches(":hover, :focus-within") || list.querySelector("details[open], #manage, input:checked");
    button.hidden = isWanted || isSame || Boolean(fresh && !isOpen && !isEdited);
    if (!isSame) status.textContent = button.hidden ? "The list has changed." : button.textContent;
    if (isSame || !button.hidden || !fresh) return;
    list.replaceWith(fresh);
    if (isWanted) status.focus();
  }
}
customElements.define("live-list", LiveList);
