// Messages with all that is in them, kept as they are while nothing about them changes.

import { byId, el, local } from "./dom.js";
import { markdown } from "./markdown.js";

const EPHEMERAL = 64, LOADING = 128;
const BUTTONS = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };
const shown = new Map();

export function showMessages(view, acts) {
  const list = byId("messages");
  const box = byId("channel-log");
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const here = new Set();
  let before = null;
  for (const message of view.messages) {
    here.add(message.id);
    const mark = JSON.stringify(message).replace(/[?]ex=[^"]*/g, "") + view.me;
    let kept = shown.get(message.id);
    if (!kept || kept.mark !== mark) {
      const made = messageElement(message, view, acts);
      if (kept) kept.node.replaceWith(made);
      kept = { mark, node: made };
      shown.set(message.id, kept);
    }
    const place = before ? before.nextSibling : list.firstChild;
    if (kept.node !== place) list.insertBefore(kept.node, place);
    before = kept.node;
  }
  for (const [id, kept] of shown) {
    if (!here.has(id)) {
      kept.node.remove();
      shown.delete(id);
    }
  }
  if (atEnd) box.scrollTop = box.scrollHeight;
}

function messageElement(message, view, acts) {
  const author = message.author;
  const name = author.global_name ?? author.username;
  const bot = author.bot && el("span", { class: "tag" }, "APP");
  const when = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" }).format(new Date(message.timestamp));
  const who = author.bot ? el("strong", {}, name)
    : el("button", { type: "button", class: "name", "aria-haspopup": "dialog", onclick: () => acts.userMenu(author.id, name) }, name);
  const apps = el("button", { type: "button", class: "apps", "aria-haspopup": "dialog", onclick: () => acts.messageMenu(message) }, "Apps");
  const command = message.interaction && el("p", { class: "small" }, `${message.interaction.user.global_name ?? message.interaction.user.username} used /${message.interaction.name}`);
  const body = el("div", { class: "body" }, reply(message), command, content(message, view, acts));
  if (message.flags & EPHEMERAL) body.append(el("p", { class: "small private" }, "Only you can see this"));
  return el("li", { class: message.flags & EPHEMERAL ? "message ephemeral" : "message", id: `message-${message.id}` },
    el("div", { class: "head-line" }, who, bot, el("time", { datetime: message.timestamp, class: "small" }, when),
      message.edited_timestamp && el("span", { class: "small" }, "(edited)"), apps), body);
}

function reply(message) {
  if (!message.message_reference || message.message_reference.type === 1) return null;
  const to = message.referenced_message;
  return el("p", { class: "small reply" }, to ? `In reply to ${to.author.global_name ?? to.author.username}: ${to.content.slice(0, 80)}` : "In reply to a message that was deleted");
}

function content(message, view, acts) {
  if (message.flags & LOADING) return [el("p", { class: "thinking" }, `${message.author.username} is thinking\u2026`)];
  const context = { message, names: view.names, acts };
  const parts = [];
  if (message.content) parts.push(el("div", { class: "text" }, markdown(message.content, view.names)));
  for (const snapshot of message.message_snapshots ?? []) {
    parts.push(el("blockquote", {}, el("p", { class: "small" }, "Forwarded"), markdown(snapshot.message.content ?? "", view.names), files(snapshot.message.attachments ?? [])));
  }
  parts.push(...(message.embeds ?? []).map((each) => embed(each, context)));
  parts.push(...(message.components ?? []).map((each) => component(each, context)));
  parts.push(files(message.attachments.filter((each) => !isReferenced(message, each))));
  return parts;
}

function isReferenced(message, attachment) {
  return JSON.stringify(message.components ?? []).includes(`/${attachment.id}/`);
}

function files(attachments) {
  return attachments.map((each) => (each.content_type ?? "").startsWith("image/")
    ? picture(each.url, each.description ?? each.filename)
    : fileLink(each.url, each.filename, each.size));
}

function fileLink(url, name, size) {
  return el("p", { class: "file" }, el("a", { href: local(url), download: name }, name), size ? ` ${size.toLocaleString()} bytes` : null);
}

function picture(url, description) {
  const image = el("img", { src: local(url), alt: description || "A picture without a description", loading: "lazy" });
  image.addEventListener("error", () => image.classList.add("broken"));
  return el("button", { type: "button", class: "picture", "aria-label": `Show larger: ${description || "picture"}`, onclick: () => enlarge(url, description) }, image);
}

function enlarge(url, description) {
  const viewer = byId("viewer");
  viewer.replaceChildren(el("img", { src: local(url), alt: description || "A picture without a description" }), el("p", {}, description || ""),
    el("button", { type: "button", onclick: () => viewer.close() }, "Close"));
  viewer.showModal();
}

function embed(each, { names }) {
  const made = el("div", { class: "container" });
  accent(made, each.color);
  if (each.title) made.append(el("p", { class: "head head-3" }, each.title));
  if (each.description) made.append(el("div", { class: "text" }, markdown(each.description, names)));
  for (const field of each.fields ?? []) made.append(el("p", { class: "head head-3" }, field.name), el("div", { class: "text" }, markdown(field.value, names)));
  if (each.image) made.append(picture(each.image.url, each.title));
  if (each.footer) made.append(el("p", { class: "small" }, each.footer.text));
  return made;
}

function accent(node, color) {
  if (color != null) node.style.setProperty("--accent", `#${color.toString(16).padStart(6, "0")}`);
}

function component(each, context) {
  switch (each.type) {
    case 1: return el("div", { class: "row" }, each.components.map((one) => component(one, context)));
    case 2: return button(each, context);
    case 3: return select(each, context);
    case 9: return el("div", { class: "section" }, el("div", {}, each.components.map((one) => component(one, context))), each.accessory && component(each.accessory, context));
    case 10: return el("div", { class: "text" }, markdown(each.content, context.names));
    case 11: return picture(each.media.url, each.description);
    case 12: return el("div", { class: "gallery" }, each.items.map((item) => picture(item.media.url, item.description)));
    case 13: return fileLink(each.file.url, decodeURIComponent(new URL(each.file.url, location.href).pathname.split("/").pop()), each.size);
    case 14: return each.divider === false ? el("div", { class: "gap" }) : el("hr");
    case 17: {
      const made = el("div", { class: each.spoiler ? "container spoiled" : "container" }, each.components.map((one) => component(one, context)));
      accent(made, each.accent_color);
      return made;
    }
    default: return el("p", { class: "small" }, `A part of kind ${each.type}, which this page does not show.`);
  }
}

function button(each, { message, acts }) {
  const label = `${each.emoji?.name ?? ""} ${each.label ?? ""}`.trim() || "Button";
  if (each.style === 5) return el("a", { class: "button link", href: each.url, rel: "noopener noreferrer", target: "_blank" }, label);
  return el("button", { type: "button", class: `button ${BUTTONS[each.style] ?? "secondary"}`, disabled: Boolean(each.disabled),
    onclick: (event) => acts.press(message, each.custom_id, event.currentTarget) }, label);
}

function select(each, { message, acts }) {
  const name = each.placeholder ?? "Choose";
  const made = el("select", { "aria-label": name, disabled: Boolean(each.disabled), multiple: (each.max_values ?? 1) > 1 },
    (each.max_values ?? 1) > 1 ? null : el("option", { value: "", selected: true }, name),
    (each.options ?? []).map((option) => el("option", { value: option.value }, option.description ? `${option.label}: ${option.description}` : option.label)));
  made.addEventListener("change", () => {
    const values = [...made.selectedOptions].map((option) => option.value).filter(Boolean);
    if (values.length) acts.select(message, each.custom_id, values);
    if (!made.multiple) made.value = "";
  });
  return made;
}
