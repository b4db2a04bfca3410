// A file field of a modal: files are chosen or dropped, one after another.

import { el } from "./dom.js";
import { icon } from "./icons.js";

// The field, and a function that returns its files.
export function uploadField(attributes, most) {
  const input = el("input", { ...attributes, type: "file", multiple: most > 1 });
  const list = el("ul", { class: "chosen-files" });
  let chosen = [];
  const show = () => {
    const data = new DataTransfer();
    for (const file of chosen) data.items.add(file);
    input.files = data.files;
    list.replaceChildren(...chosen.map(item));
  };
  const item = (file, at) => {
    const onclick = () => {
      chosen.splice(at, 1);
      show();
      input.focus();
    };
    const remove = { type: "button", class: "round", "aria-label": `Remove ${file.name}`, onclick };
    return el("li", {}, icon("picture"), el("span", {}, file.name), el("button", remove, icon("close")));
  };
  input.addEventListener("change", () => {
    const files = [...input.files];
    const fresh = files.filter((file) => !chosen.some((each) => isSame(each, file)));
    chosen = (most > 1 ? [...chosen, ...fresh] : files).slice(0, most);
    show();
  });
  const words = most > 1 ? `Drop up to ${most} files here, or choose` : "Drop a file here, or choose";
  const zone = el("div", { class: "drop-zone" }, icon("upload"), el("span", { "aria-hidden": "true" }, words), input);
  return { node: [zone, list], files: () => chosen };
}

function isSame(one, other) {
  return ["name", "size", "lastModified"].every((key) => one[key] === other[key]);
}
