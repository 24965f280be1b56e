/** Keeps a list as it is on the server: docs/live.md. */
class LiveList extends HTMLElement {
  #hasFollowed = false;
  #source;
  #until;
  #timer;

  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => this.#refresh(true));
    const stay = () => (this.#until = Date.now() + 30 * 60_000);
    for (const type of ["keydown", "pointerdown"]) document.addEventListener(type, stay);
    stay();
    const follow = () => this.#follow();
    document.addEventListener("visibilitychange", follow);
    this.#timer = setInterval(follow, 10_000 + Math.random() * 5_000);
    follow();
  }

  // A page that is hidden, or that nobody has used for half an hour, does not follow: that would keep the session alive.
  #follow() {
    if (document.hidden || Date.now() > this.#until) return this.#source?.close();
    if (this.#source && this.#source.readyState !== EventSource.CLOSED) return;
    this.#source = new EventSource(this.dataset.events);
    this.#source.onopen = () => {
      if (this.#hasFollowed) this.#refresh(false);
      this.#hasFollowed = true;
    };
    this.#source.onmessage = ({ data }) => {
      if (data === "over") clearInterval(this.#timer), this.#source.close();
      this.#refresh(false);
    };
  }

  async #refresh(isWanted) {
    const [status, button, list] = this.querySelectorAll(":scope > :not(script)");
    const address = this.dataset.page;
    const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => undefined);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page && page.querySelector("live-list > div");
    if (isWanted && !fresh) return location.assign(address);
    if (fresh && fresh.innerHTML === list.innerHTML) return;
    const isEdited = ({ value, defaultValue }) => value !== defaultValue;
    const isInUse =
      list.contains(document.activeElement) ||
      list.querySelector("details[open]") ||
      [...list.querySelectorAll("input, textarea")].some(isEdited);
    button.hidden = isWanted || Boolean(fresh && !isInUse);
    status.textContent = button.hidden ? "The list has changed." : button.textContent;
    if (!button.hidden) return;
    list.replaceWith(fresh);
    if (!isWanted) return;
    fresh.tabIndex = -1;
    fresh.focus();
  }
}

customElements.define("live-list", LiveList);
