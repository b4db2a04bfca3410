// The files to send: picked, dropped or pasted, with previews.

import { byId, el } from "./dom.js";
import { icon } from "./icons.js";
import { isShown } from "./media.js";

export class Files {
  constructor() {
    this.files = [];
    byId("picker").addEventListener("change", (event) => {
      this.add(event.target.files);
      event.target.value = "";
    });
    byId("composer").addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      this.add(event.clipboardData.files);
    });
    this.takeDrops(document.querySelector("main"), byId("drop"));
  }

  get length() {
    return this.files.length;
  }

  add(files) {
    this.files.push(...files);
    this.show();
  }

  // Remove and return all.
  take() {
    const { files } = this;
    this.files = [];
    this.show();
    return files;
  }

  takeDrops(area, overlay) {
    const showOverlay = (event, isOver) => {
      event.preventDefault();
      overlay.hidden = !isOver;
      overlay.textContent = `Drop files to add them to ${byId("channel-name").textContent}`;
    };
    area.addEventListener("dragover", (event) => showOverlay(event, true));
    area.addEventListener("dragleave", (event) => showOverlay(event, area.contains(event.relatedTarget)));
    area.addEventListener("drop", (event) => {
      showOverlay(event, false);
      this.add(event.dataTransfer.files);
    });
  }

  show() {
    for (const image of byId("files").querySelectorAll("img")) URL.revokeObjectURL(image.src);
    byId("files").replaceChildren(...this.files.map((file) => this.item(file)));
  }

  item(file) {
    const remove = () => {
      this.files.splice(this.files.indexOf(file), 1);
      this.show();
      byId("text").focus();
    };
    return el(
      "li",
      {},
      isShown(file.type) ? el("img", { src: URL.createObjectURL(file), alt: "" }) : icon("file"),
      el("span", { class: "file-name" }, file.name),
      el("button", { type: "button", "aria-label": `Remove ${file.name}`, onclick: remove }, icon("close")),
    );
  }
}
