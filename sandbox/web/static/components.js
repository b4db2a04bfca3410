// A message's embeds, files and components, with their event handlers.

import { group, mostOf, offered, oneOf, SELECTS, ticked } from "./choosing.js";
import { byId, el, local } from "./dom.js";
import { Component } from "./kinds.js";
import { markdown } from "./markdown.js";

const LINK_STYLE = 5;
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger" };

export function moment(timestamp) {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" }).format(new Date(timestamp));
}

export function files(attachments) {
  return attachments.map((each) =>
    (each.content_type ?? "").startsWith("image/")
      ? picture(each.url, each.description ?? each.filename)
      : fileLink(each.url, each.filename, each.size),
  );
}

function fileLink(url, name, size) {
  const words = size ? ` ${size.toLocaleString()} bytes` : "";
  return el("p", { class: "file" }, el("a", { href: local(url) ?? url, download: name }, name), words);
}

function picture(url, description) {
  const words = description || "A picture without a description";
  const source = local(url);
  if (!source) return el("p", { class: "small" }, `A picture from elsewhere, which is not fetched: ${url}`);
  const image = () => el("img", { src: source, alt: words });
  const small = image();
  small.addEventListener("error", () => small.classList.add("broken"));
  const enlarge = () => {
    const viewer = byId("viewer");
    const close = el("button", { type: "button", onclick: () => viewer.close() }, "Close");
    viewer.replaceChildren(image(), el("p", {}, description ?? ""), close);
    viewer.showModal();
  };
  return el(
    "button",
    { type: "button", class: "picture", "aria-label": `Show larger: ${words}`, onclick: enlarge },
    small,
  );
}

// A spoiler, hidden until it is opened.
function behind(isSpoiler, node) {
  return isSpoiler ? el("details", { class: "behind" }, el("summary", {}, "Spoiler"), node) : node;
}

export function embed(each, { names }) {
  const text = (words) => el("div", { class: "text" }, markdown(words, names));
  const head = (words) => el("p", { class: "head head-3" }, markdown(words, names));
  const made = el("div", { class: "container embed" });
  accent(made, each.color);
  if (each.author) made.append(el("p", { class: "small" }, each.author.name));
  if (each.title) made.append(head(each.title));
  if (each.description) made.append(text(each.description));
  for (const field of each.fields ?? []) made.append(head(field.name), text(field.value));
  for (const media of [each.image, each.thumbnail]) if (media) made.append(picture(media.url, each.title));
  const foot = [each.footer?.text, each.timestamp && moment(each.timestamp)].filter(Boolean).join(" \u2022 ");
  if (foot) made.append(el("p", { class: "small" }, foot));
  return made;
}

function accent(node, color) {
  if (color != null) node.style.setProperty("--accent", `#${color.toString(16).padStart(6, "0")}`);
}

export function component(each, context) {
  const inner = () => each.components.map((one) => component(one, context));
  if (SELECTS.includes(each.type)) return select(each, context);
  switch (each.type) {
    case Component.ROW:
      return el("div", { class: "row" }, inner());
    case Component.BUTTON:
      return button(each, context);
    case Component.SECTION:
      return el(
        "div",
        { class: "section" },
        el("div", {}, inner()),
        each.accessory && component(each.accessory, context),
      );
    case Component.TEXT:
      return el("div", { class: "text" }, markdown(each.content, context.names));
    case Component.THUMBNAIL:
      return behind(each.spoiler, picture(each.media.url, each.description));
    case Component.GALLERY: {
      const items = each.items.map((item) => behind(item.spoiler, picture(item.media.url, item.description)));
      return el("div", { class: "gallery" }, items);
    }
    case Component.FILE:
      return behind(each.spoiler, fileLink(each.file.url, nameIn(each.file.url), each.size));
    case Component.SEPARATOR:
      return each.divider === false ? el("div", { class: "gap" }) : el("hr");
    case Component.CONTAINER: {
      const made = el("div", { class: "container" }, inner());
      accent(made, each.accent_color);
      return behind(each.spoiler, made);
    }
    default:
      return el("p", { class: "small" }, `A part of kind ${each.type}, which this page does not show.`);
  }
}

function nameIn(url) {
  return decodeURIComponent(new URL(url, location.href).pathname.split("/").pop());
}

function button(each, { message, acts }) {
  const label = [each.emoji?.name, each.label].filter(Boolean).join(" ") || "Button";
  if (each.style === LINK_STYLE) {
    return el("a", { class: "button link", href: each.url, rel: "noopener noreferrer", target: "_blank" }, label);
  }
  const look = `button ${STYLES[each.style] ?? "secondary"}`;
  const press = () => acts.press(message, each.custom_id);
  return el("button", { type: "button", class: look, disabled: Boolean(each.disabled), onclick: press }, label);
}

function select(each, { message, names, acts }) {
  const name = each.placeholder ?? "Choose";
  const choices = offered(each, names);
  const choose = (values) => acts.select(message, each.custom_id, values);
  if (mostOf(each) > 1) {
    const boxes = group(choices, "checkbox", each.custom_id, name);
    const send = el(
      "button",
      { type: "button", disabled: Boolean(each.disabled), onclick: () => choose(ticked(boxes)) },
      "Choose",
    );
    const chosen = choices.filter((choice) => choice.preset).map((choice) => choice.label);
    return el("details", { class: "many" }, el("summary", {}, chosen.join(", ") || name), boxes, send);
  }
  const made = oneOf(choices, { "aria-label": name, disabled: Boolean(each.disabled) }, name);
  made.addEventListener("change", () => made.value && choose([made.value]));
  return made;
}
