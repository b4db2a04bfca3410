// Embeds of a message.

import { accent } from "./components.js";
import { el, local } from "./dom.js";
import { markdown } from "./markdown.js";
import { picture } from "./media.js";
import { time } from "./times.js";

export function embed(each, { names }) {
  const text = (look, words) => words && el("div", { class: `text ${look}` }, markdown(words, names));
  const made = el(
    "div",
    { class: "embed" },
    each.thumbnail && picture({ url: each.thumbnail.url, description: each.title }),
    each.author && el("p", { class: "embed-author" }, sign(each.author), linked(each.author.name, each.author.url)),
    each.title && el("div", { class: "head embed-title" }, linked(markdown(each.title, names), each.url)),
    text("embed-text", each.description),
    each.fields?.length > 0 && el("div", { class: "embed-fields" }, each.fields.map((one) => field(one, text, names))),
    each.image && picture({ url: each.image.url, description: each.title }),
    (each.footer || each.timestamp) && foot(each),
  );
  accent(made, each.color);
  return made;
}

function field({ name, value, inline }, text, names) {
  const head = el("div", { class: "head embed-field-name" }, markdown(name, names));
  return el("div", { class: inline ? "embed-field inline" : "embed-field" }, head, text("", value));
}

function foot({ footer, timestamp }) {
  const words = footer && el("span", {}, footer.text);
  const when = timestamp && time(new Date(timestamp), "stamp");
  return el("p", { class: "small" }, footer && sign(footer), words, words && when && " \u2022 ", when);
}

function sign({ icon_url: url }) {
  return url && local(url) && el("img", { src: local(url), alt: "", class: "sign" });
}

function linked(words, url) {
  const isAddress = /^https?:/.test(url ?? "");
  return isAddress ? el("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, words) : words;
}
