// Pictures in galleries, files, and what hides both until it is opened.

import { el, local } from "./dom.js";
import { icon } from "./icons.js";
import { openViewer } from "./viewer.js";

const SHOWN_TYPE = /^image\/(png|jpeg|gif|webp|avif)$/;
const SPOILER_FLAG = 1 << 3;
const ICONS = [
  [/\.(zip|gz|tar|7z|rar|xz)$/i, "archive"],
  [/\.(csv|tsv|xlsx?|ods)$/i, "sheet"],
  [/\.(json|jsonl|js|py|html|css|xml|toml|ya?ml)$/i, "code"],
  [/\.(png|jpe?g|gif|webp|bmp|svg)$/i, "picture"],
];
const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"];

// Whether browsers show pictures of this media type; others are files.
export const isShown = (type) => SHOWN_TYPE.test(type ?? "");

// A message's files: its pictures together, then the others.
export function attachments(list) {
  const isPicture = (each) => isShown(each.content_type);
  const isHidden = (each) => Boolean(each.flags & SPOILER_FLAG) || each.filename.startsWith("SPOILER_");
  const items = list.filter(isPicture).map((each) => ({
    url: each.url,
    description: each.description ?? each.filename,
    isSpoiler: isHidden(each),
  }));
  const others = list.filter((each) => !isPicture(each));
  return [
    items.length > 0 && gallery(items),
    others.map((each) => veiled(isHidden(each), fileCard(each.url, each.filename, each.size))),
  ];
}

// A mosaic of 1 to 10 pictures; the style crops them by their number.
export function gallery(items) {
  const cells = items.map((each, at) => veiled(each.isSpoiler, picture(each, items, at)));
  return el("div", { class: "gallery", "data-count": items.length }, cells);
}

// A picture that opens the viewer at its place among `items`.
export function picture({ url, description }, items = [{ url, description }], at = 0) {
  const words = description || "A picture without a description";
  const source = local(url);
  if (!source) return el("p", { class: "small elsewhere" }, `A picture from elsewhere, which is not fetched: ${url}`);
  const image = el("img", { src: source, alt: words });
  image.addEventListener("error", () => image.classList.add("broken"));
  const onclick = () => openViewer(items, at);
  return el("button", { type: "button", class: "picture", "aria-label": `Show larger: ${words}`, onclick }, image);
}

export function fileCard(url, name, size) {
  const [, look] = ICONS.find(([ending]) => ending.test(name)) ?? [null, "file"];
  const address = { href: local(url) ?? url, download: name };
  return el(
    "div",
    { class: "file" },
    icon(look),
    el("div", {}, el("a", address, name), size != null && el("p", { class: "small" }, sizeOf(size))),
    el("a", { ...address, class: "download", "aria-label": `Download ${name}` }, icon("download")),
  );
}

export const nameIn = (url) => decodeURIComponent(new URL(url, location.href).pathname.split("/").pop());

// A spoiler, blurred until it is opened.
export function veiled(isSpoiler, node) {
  if (!isSpoiler) return node;
  const veil = el("button", { type: "button", class: "veil", "aria-label": "Spoiler: show it" }, el("span", {}, "Spoiler"));
  const made = el("div", { class: "veiled" }, el("div", { class: "behind", inert: true }, node), veil);
  veil.addEventListener("click", () => {
    made.replaceWith(node);
    node.tabIndex = node.matches("button") ? 0 : -1;
    node.focus();
  });
  return made;
}

function sizeOf(bytes) {
  const step = Math.min(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1024)), SIZES.length - 1);
  const options = { style: "unit", unit: SIZES[step], unitDisplay: step ? "short" : "long", maximumFractionDigits: 2 };
  return new Intl.NumberFormat(undefined, options).format(bytes / 1024 ** step);
}
