// Discord's markdown as elements. Text only becomes text nodes; it is never parsed as HTML.

import { el } from "./dom.js";
import { addItem, belongs, code, spoiler } from "./markdown_parts.js";
import { read } from "./markdown_rules.js";
import { time } from "./times.js";

const TAGS = { strong: "strong", em: "em", underline: "u", strike: "s", code: "code" };
const BLOCKS = new Set(["code_block", "long_quote", "quote", "subtext", "heading", "item"]);
const ADDRESS = /^\]\(\s*<?(https?:\/\/(?:\([^()\s]*\)|[^\s()<>\\])+)/;
const HIDDEN_WORDS = "\u2588".repeat(5);
const MESSAGE = /^https:\/\/discord\.com\/channels\/\d+\/(\d+)\/(\d+)$/;

// The elements of a text; `mark` is put behind its last words.
export function markdown(text, names, mark = null) {
  const made = document.createDocumentFragment();
  made.append(...paragraphs(read(text), names));
  if (mark) {
    if (made.lastChild?.nodeName !== "P") made.append(el("p"));
    made.lastChild.append(" ", mark);
  }
  return made;
}

// The words of a text in one line, without what spoilers hide.
export function preview(text, names) {
  const made = markdown(text, names);
  for (const each of made.querySelectorAll(".spoiler")) each.replaceWith(HIDDEN_WORDS);
  return made.textContent.replace(/\s+/g, " ");
}

// Blocks, and paragraphs between them; a newline beside a block belongs to the block.
function paragraphs(nodes, names, isQuoted = false) {
  const made = [];
  let plain = [];
  let levels = []; // of the list that the last items made
  const flush = () => {
    if (plain.length) made.push(el("p", {}, plain));
    plain = [];
  };
  nodes.forEach((node, place) => {
    if (BLOCKS.has(node.kind)) {
      flush();
      if (node.kind !== "item") made.push(shown(node, names));
      else if (levels.length && made.at(-1) === levels[0].list && belongs(levels, node.opening)) addItem(levels, node.opening, inside(node, names));
      else made.push(addItem((levels = []), node.opening, inside(node, names)));
      return;
    }
    let text = node.text;
    if (node.kind === "text" && BLOCKS.has(nodes[place - 1]?.kind)) text = text.replace(/^\n/, "");
    const isBeforeBlock = place + 1 < nodes.length ? BLOCKS.has(nodes[place + 1].kind) : isQuoted;
    if (node.kind === "text" && isBeforeBlock) text = text.replace(/\n$/, "");
    if (text !== "") plain.push(shown({ ...node, text }, names));
  });
  flush();
  return made;
}

const inside = (node, names) => node.nodes.map((each) => shown(each, names));

function shown(node, names) {
  switch (node.kind) {
    case "text":
    case "escape":
      return node.text;
    case "link":
      return anchor(node.text, MESSAGE.test(node.text) ? [jumpWords(node.text, names)] : [node.text]);
    case "masked_link":
      return anchor(ADDRESS.exec(node.closing)[1], inside(node, names));
    case "spoiler":
      return spoiler(inside(node, names));
    case "code_block":
      return code(node.nodes[0].text, /^```([^\n]+)\n/.exec(node.opening)?.[1]);
    case "quote":
    case "long_quote":
      return el("blockquote", {}, paragraphs(node.nodes, names, true));
    case "subtext":
      return el("p", { class: "small" }, inside(node, names));
    case "heading":
      return el("p", { class: `head head-${node.opening.trimEnd().length}` }, inside(node, names));
    case "item": // in a mark, where no list can be
      return [node.opening, ...inside(node, names)];
    case "everyone":
    case "navigation":
      return el("span", { class: "mention" }, node.text);
  }
  return TAGS[node.kind] ? el(TAGS[node.kind], {}, inside(node, names)) : angle(node.text, names);
}

function anchor(address, content) {
  const [, channel, message] = MESSAGE.exec(address) ?? [];
  const target = message
    ? { href: `#message-${message}`, "data-channel": channel }
    : { href: address, rel: "noopener noreferrer", target: "_blank" };
  return el("a", target, content);
}

function jumpWords(address, names) {
  const [, channel] = MESSAGE.exec(address);
  return el("span", { class: "mention" }, `${mention("#", channel, names)} \u203a message`);
}

function angle(text, names) {
  const found = /^<(?:(@!?|@&|#)(\d+)|t:(-?\d+)(?::(\w))?|(\/[^:]+):\d+|a?:(\w+):\d+)>/.exec(text);
  const [, kind, id, seconds, style, command, emoji] = found;
  if (seconds) return momentOf(Number(seconds), style ?? "f");
  if (command) return el("span", { class: "mention" }, command);
  if (emoji) return `:${emoji}:`;
  return el("span", { class: "mention" }, mention(kind, id, names));
}

function mention(kind, id, names) {
  if (kind === "#") return `#${names.channels.find((each) => each.id === id)?.name ?? "unknown"}`;
  return `@${(kind === "@&" ? names.roles : names.users)[id] ?? "unknown"}`;
}

function momentOf(seconds, style) {
  const moment = new Date(seconds * 1000);
  return Number.isNaN(moment.getTime()) ? "an impossible time" : time(moment, style, { class: "moment" });
}
