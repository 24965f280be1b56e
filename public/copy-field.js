/** A field with a button that copies its text: src/views/copy-field.tsx. */
class CopyField extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input");
    const button = this.querySelector("button");
    const say = (text) => {
      button.firstElementChild.textContent = text;
      this.querySelector("[role=status]").textContent = text;
    };
    field.addEventListener("focus", () => field.select());
    // Browsers offer the clipboard to pages that came over https, and to those of this machine.
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", () => {
      field.select();
      void navigator.clipboard.writeText(field.value).then(
        () => say("Copied"),
        () => say("Select and copy"),
      );
    });
  }
}
customElements.define("copy-field", CopyField);
