// One message: its author, what it answers, its text, parts and files, and the actions on it.

import { avatar, nameOf } from "./avatars.js";
import { component } from "./components.js";
import { el } from "./dom.js";
import { embed } from "./embeds.js";
import { icon } from "./icons.js";
import { Flag, Kind, Reference } from "./kinds.js";
import { markdown, preview } from "./markdown.js";
import { attachments } from "./media.js";
import { time } from "./times.js";

const PREVIEW_LENGTH = 120;

export function messageElement(message, view, acts) {
  const isPrivate = Boolean(message.flags & Flag.EPHEMERAL);
  const isToMe = message.mention_everyone || message.mentions.some(({ id }) => id === view.me);
  const looks = { message: true, ephemeral: isPrivate, grouped: view.isGrouped, mentioned: isToMe };
  return el(
    "li",
    { class: Object.keys(looks).filter((each) => looks[each]).join(" "), id: `message-${message.id}`, tabindex: "-1" },
    origin(message, view.names),
    avatar(nameOf(message.author)),
    heading(message, view, acts),
    el("div", { class: "body" }, content(message, view, acts), isPrivate && footer(message, acts)),
    toolbar(message, acts),
  );
}

function heading(message, view, acts) {
  const { author } = message;
  const name = nameOf(author);
  const color = view.colors[author.id];
  const onclick = () => acts.userMenu(author.id, name);
  const who = author.bot
    ? el("strong", { class: "name person-name" }, name)
    : el("button", { type: "button", class: "name person-name", "aria-haspopup": "dialog", onclick }, name);
  if (color) who.style.setProperty("--role", color);
  const made = time(new Date(message.timestamp), "stamp", { class: "small" });
  return el("div", { class: "head-line" }, who, author.bot && el("span", { class: "tag" }, "APP"), made);
}

function toolbar(message, acts) {
  const attributes = { type: "button", class: "apps", "aria-haspopup": "dialog" };
  const apps = el("button", { ...attributes, onclick: () => acts.messageMenu(message) }, icon("apps"), el("span", {}, "Apps"));
  return el("div", { class: "toolbar", role: "group", "aria-label": "Actions on this message" }, apps);
}

// What the message answers: another message, or a command.
function origin(message, names) {
  const { message_reference: reference, referenced_message: to, interaction } = message;
  if (interaction) {
    const slash = message.type === Kind.SLASH_COMMAND ? "/" : "";
    return originLine(interaction.user, " used ", el("span", { class: "mention" }, `${slash}${interaction.name}`));
  }
  if (!reference || reference.type === Reference.FORWARD) return null;
  if (!to) return el("p", { class: "origin small" }, "In reply to a message that was deleted");
  const words = preview(to.content, names).slice(0, PREVIEW_LENGTH) || "Click to see it";
  return originLine(to.author, " ", el("a", { href: `#message-${to.id}`, class: "preview" }, words), "In reply to ");
}

function originLine(user, between, what, before = "") {
  const name = nameOf(user);
  return el(
    "p",
    { class: "origin small" },
    before && el("span", { class: "hidden" }, before),
    avatar(name, "tiny"),
    el("span", { class: "origin-name" }, name),
    el("span", {}, between),
    what,
  );
}

function footer(message, acts) {
  const dismiss = { type: "button", class: "text-button", onclick: () => acts.dismiss(message) };
  return el(
    "p",
    { class: "small private" },
    icon("eye"),
    "Only you can see this \u2022 ",
    el("button", dismiss, "Dismiss message"),
  );
}

function content(message, view, acts) {
  if (message.flags & Flag.LOADING) return el("p", { class: "thinking" }, `${nameOf(message.author)} is thinking...`);
  const context = { message, names: view.names, acts };
  const edited = message.edited_timestamp && editedMark(message.edited_timestamp);
  const text = (words, mark) => words && el("div", { class: "text" }, markdown(words, view.names, mark));
  const forwarded = ({ message: copy }) =>
    el("blockquote", {}, el("p", { class: "small" }, "Forwarded"), text(copy.content), attachments(copy.attachments));
  return [
    text(message.content, edited),
    (message.message_snapshots ?? []).map(forwarded),
    (message.embeds ?? []).map((each) => embed(each, context)),
    (message.components ?? []).map((each) => component(each, context)),
    attachments(message.attachments),
    !message.content && edited,
  ];
}

function editedMark(timestamp) {
  return time(new Date(timestamp), "edited", { class: "small edited" });
}
