// The components of a message, with their event handlers.

import { group, mostOf, offered, oneOf, SELECTS, ticked } from "./choosing.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { Component } from "./kinds.js";
import { markdown } from "./markdown.js";
import { fileCard, gallery, nameIn, picture, veiled } from "./media.js";

const LINK_STYLE = 5;
const LARGE = 2; // a spacing of separators
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger" };

const PARTS = {
  [Component.ROW]: (each, context) => el("div", { class: "row" }, inner(each, context)),
  [Component.BUTTON]: button,
  [Component.SECTION]: section,
  [Component.TEXT]: (each, { names }) => el("div", { class: "text" }, markdown(each.content, names)),
  [Component.THUMBNAIL]: (each) =>
    veiled(each.spoiler, picture({ url: each.media.url, description: each.description })),
  [Component.GALLERY]: (each) =>
    gallery(
      each.items.map(({ media, description, spoiler }) => ({ url: media.url, description, isSpoiler: spoiler })),
    ),
  [Component.FILE]: (each) =>
    veiled(each.spoiler, fileCard(each.file.url, each.name ?? nameIn(each.file.url), each.size)),
  [Component.SEPARATOR]: separator,
  [Component.CONTAINER]: container,
  ...Object.fromEntries(SELECTS.map((type) => [type, select])),
};

export function component(each, context) {
  const part = PARTS[each.type];
  return part
    ? part(each, context)
    : el("p", { class: "small" }, `A part of kind ${each.type}, which this page does not show.`);
}

export function accent(node, color) {
  if (color != null) node.style.setProperty("--accent", `#${color.toString(16).padStart(6, "0")}`);
}

export const emojiText = (emoji) => emoji && (emoji.id ? `:${emoji.name}:` : emoji.name);

function inner(each, context) {
  return each.components.map((one) => component(one, context));
}

function section(each, context) {
  const accessory = each.accessory && component(each.accessory, context);
  return el("div", { class: "section" }, el("div", {}, inner(each, context)), accessory);
}

function separator({ divider, spacing }) {
  const look = spacing === LARGE ? "large" : "";
  return divider === false ? el("div", { class: `gap ${look}` }) : el("hr", { class: look });
}

function container(each, context) {
  const made = el("div", { class: "container" }, inner(each, context));
  accent(made, each.accent_color);
  return veiled(each.spoiler, made);
}

function button(each, { message, acts }) {
  const label = [emojiText(each.emoji), each.label].filter(Boolean).join(" ") || "Button";
  if (each.style === LINK_STYLE) {
    const target = { href: each.url, rel: "noopener noreferrer", target: "_blank" };
    return el("a", { class: "button secondary link", ...target }, label, icon("external"));
  }
  const look = `button ${STYLES[each.style] ?? "secondary"}`;
  const press = () => acts.press(message, each.custom_id);
  return el("button", { type: "button", class: look, disabled: Boolean(each.disabled), onclick: press }, label);
}

function select(each, { message, names, acts }) {
  const name = each.placeholder ?? "Choose";
  const choices = offered(each, names);
  const disabled = Boolean(each.disabled);
  const choose = (values) => acts.select(message, each.custom_id, values);
  if (mostOf(each) > 1) {
    const boxes = group(choices, "checkbox", each.custom_id, name);
    const onclick = () => choose(ticked(boxes));
    const send = el("button", { type: "button", class: "button primary", disabled, onclick }, "Choose");
    const chosen = choices.filter((choice) => choice.preset).map((choice) => choice.label);
    const title = el("summary", { class: chosen.length ? "" : "placeholder" }, chosen.join(", ") || name);
    return el("details", { class: "many" }, title, el("div", { class: "many-choices" }, boxes, send));
  }
  const made = oneOf(choices, { "aria-label": name, disabled }, name);
  made.addEventListener("change", () => made.value && choose([made.value]));
  return made;
}
