/** Makes a chosen picture small enough for its form: docs/decisions/029-pictures.md. */
class PictureField extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", ({ target }) => void this.#shrink(target));
  }

  async #shrink(input) {
    const [file] = input.files;
    if (!file || file.size <= Number(this.dataset.most)) return;
    // What is no picture goes to the server, which says so.
    const picture = await createImageBitmap(file).catch(() => undefined);
    if (!picture || input.files[0] !== file) return;
    const scale = Math.min(1, 1_024 / Math.max(picture.width, picture.height));
    const [width, height] = [picture.width, picture.height].map((side) => Math.ceil(side * scale));
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, width, height);
    pen.drawImage(picture, 0, 0, width, height);
    canvas.toBlob((blob) => {
      if (!blob || input.files[0] !== file) return;
      const chosen = new DataTransfer();
      chosen.items.add(new File([blob], `${file.name}.jpg`, { type: blob.type }));
      input.files = chosen.files;
    }, "image/jpeg");
  }
}
customElements.define("picture-field", PictureField);
