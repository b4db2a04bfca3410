// Messages in order; elements of unchanged messages are reused.

import { component, embed, files, moment } from "./components.js";
import { byId, el } from "./dom.js";
import { Flag, Reference } from "./kinds.js";
import { markdown } from "./markdown.js";

const AT_END_PIXELS = 80;
const SIGNATURES = /[?]ex=[^"]*/g; // of links, which change every second

const shown = new Map();

export function showMessages(view, acts) {
  const list = byId("messages");
  const around = view.me + JSON.stringify(view.names);
  const here = new Set();
  let before = null;
  for (const message of view.messages) {
    here.add(message.id);
    const mark = JSON.stringify(message).replace(SIGNATURES, "") + around;
    let kept = shown.get(message.id);
    if (kept?.mark !== mark) {
      const made = messageElement(message, view, acts);
      kept?.node.replaceWith(made);
      kept = { mark, node: made };
      shown.set(message.id, kept);
    }
    const place = before ? before.nextSibling : list.firstChild;
    if (kept.node !== place) list.insertBefore(kept.node, place);
    before = kept.node;
  }
  for (const [id, { node }] of shown) {
    if (here.has(id)) continue;
    node.remove();
    shown.delete(id);
  }
}

// A view scrolled to the newest message stays there as messages arrive and pictures load.
export function followTheNewest() {
  const box = byId("channel-log");
  let isFollowing = true;
  let before = 0;
  box.addEventListener("scroll", () => {
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < AT_END_PIXELS;
    if (isAtEnd || box.scrollTop < before) isFollowing = isAtEnd;
    before = box.scrollTop;
  });
  const resized = new ResizeObserver(() => {
    if (isFollowing) box.scrollTop = box.scrollHeight;
  });
  for (const each of [box, byId("messages")]) resized.observe(each);
}

function messageElement(message, view, acts) {
  const { author } = message;
  const name = nameOf(author);
  const isPrivate = Boolean(message.flags & Flag.EPHEMERAL);
  const menu = (look, words, onclick) =>
    el("button", { type: "button", class: look, "aria-haspopup": "dialog", onclick }, words);
  const head = el(
    "div",
    { class: "head-line" },
    author.bot ? el("strong", {}, name) : menu("name", name, () => acts.userMenu(author.id, name)),
    author.bot && el("span", { class: "tag" }, "APP"),
    el("time", { datetime: message.timestamp, class: "small" }, moment(message.timestamp)),
    message.edited_timestamp && el("span", { class: "small" }, "(edited)"),
    menu("apps", "Apps", () => acts.messageMenu(message)),
  );
  const body = [aboveIt(message), content(message, view, acts), isPrivate && small("Only you can see this")];
  const look = isPrivate ? "message ephemeral" : "message";
  return el("li", { class: look, id: `message-${message.id}` }, head, el("div", { class: "body" }, body));
}

// The message's origin: the message it replies to, or the command.
function aboveIt(message) {
  const { message_reference: reference, referenced_message: to, interaction } = message;
  const parts = [];
  if (reference && reference.type !== Reference.FORWARD) {
    parts.push(
      small(
        to ? `In reply to ${nameOf(to.author)}: ${to.content.slice(0, 80)}` : "In reply to a message that was deleted",
      ),
    );
  }
  if (interaction) parts.push(small(`${nameOf(interaction.user)} used /${interaction.name}`));
  return parts;
}

function content(message, view, acts) {
  if (message.flags & Flag.LOADING)
    return el("p", { class: "thinking" }, `${nameOf(message.author)} is thinking\u2026`);
  const context = { message, names: view.names, acts };
  const text = (words) => words && el("div", { class: "text" }, markdown(words, view.names));
  const forwarded = ({ message: copy }) =>
    el("blockquote", {}, small("Forwarded"), text(copy.content), files(copy.attachments ?? []));
  const inComponents = JSON.stringify(message.components ?? []);
  return [
    text(message.content),
    (message.message_snapshots ?? []).map(forwarded),
    (message.embeds ?? []).map((each) => embed(each, context)),
    (message.components ?? []).map((each) => component(each, context)),
    files(message.attachments.filter((each) => !inComponents.includes(`/${each.id}/`))),
  ];
}

function nameOf(user) {
  return user.global_name ?? user.username;
}

function small(words) {
  return el("p", { class: "small" }, words);
}
