// Discord's markdown as elements. Text only becomes text nodes; it is never parsed as HTML.

import { el } from "./dom.js";
import { read } from "./markdown_rules.js";

const TAGS = { strong: "strong", em: "em", underline: "u", strike: "s", code: "code" };
const BLOCKS = new Set(["code_block", "long_quote", "quote", "subtext", "heading", "item"]);
const ADDRESS = /^\]\(\s*<?(https?:\/\/(?:\([^()\s]*\)|[^\s()<>\\])+)/;
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

export function markdown(text, names) {
  const made = document.createDocumentFragment();
  made.append(...paragraphs(read(text), names));
  return made;
}

// Blocks, and paragraphs between them; a newline beside a block belongs to the block.
function paragraphs(nodes, names, isQuoted = false) {
  const made = [];
  let plain = [];
  const flush = () => {
    if (plain.length) made.push(el("p", {}, plain));
    plain = [];
  };
  nodes.forEach((node, place) => {
    if (BLOCKS.has(node.kind)) {
      flush();
      made.push(shown(node, names));
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

function shown(node, names) {
  const inner = () => node.nodes.map((each) => shown(each, names));
  switch (node.kind) {
    case "text":
    case "escape":
      return node.text;
    case "link":
      return anchor(node.text, [node.text]);
    case "masked_link":
      return anchor(ADDRESS.exec(node.closing)[1], inner());
    case "spoiler":
      return spoiler(inner());
    case "code_block":
      return el("pre", {}, el("code", {}, inner()));
    case "quote":
    case "long_quote":
      return el("blockquote", {}, paragraphs(node.nodes, names, true));
    case "subtext":
      return el("p", { class: "small" }, inner());
    case "heading":
      return el("p", { class: `head head-${node.opening.trimEnd().length}` }, inner());
    case "item":
      return el("p", { class: "item" }, node.opening.replace(/[-*] +/, "\u2022 "), inner());
    case "everyone":
    case "navigation":
      return el("span", { class: "mention" }, node.text);
  }
  return TAGS[node.kind] ? el(TAGS[node.kind], {}, inner()) : angle(node.text, names);
}

function spoiler(content) {
  const made = el(
    "button",
    { type: "button", class: "spoiler", "aria-expanded": "false", "aria-label": "Spoiler: show it" },
    el("span", {}, content),
  );
  made.addEventListener("click", () => {
    made.setAttribute("aria-expanded", "true");
    made.removeAttribute("aria-label");
  });
  return made;
}

function anchor(address, content) {
  const jump = /^https:\/\/discord\.com\/channels\/\d+\/\d+\/(\d+)$/.exec(address);
  const target = jump
    ? { href: `#message-${jump[1]}` }
    : { href: address, rel: "noopener noreferrer", target: "_blank" };
  return el("a", target, content);
}

function angle(text, names) {
  const found = /^<(?:(@!?|@&|#)(\d+)|t:(-?\d+)(?::(\w))?|(\/[^:]+):\d+|a?:(\w+):\d+)>/.exec(text);
  const [, kind, id, seconds, style, command, emoji] = found;
  if (seconds) return time(Number(seconds), style ?? "f");
  if (command) return el("span", { class: "mention" }, command);
  if (emoji) return `:${emoji}:`;
  return el("span", { class: "mention" }, mention(kind, id, names));
}

function mention(kind, id, names) {
  if (kind === "#") return `#${names.channels.find((each) => each.id === id)?.name ?? "unknown"}`;
  return `@${(kind === "@&" ? names.roles : names.users)[id] ?? "unknown"}`;
}

function time(seconds, style) {
  const moment = new Date(seconds * 1000);
  if (Number.isNaN(moment.getTime())) return "an impossible time";
  const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" }).format(moment);
  const shown = style === "R" ? ago(seconds) : new Intl.DateTimeFormat(undefined, STYLES[style]).format(moment);
  return el("time", { datetime: moment.toISOString(), title: full }, shown);
}

function ago(seconds) {
  const span = seconds - Date.now() / 1000;
  const units = [
    ["year", 31536000],
    ["month", 2592000],
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
    ["second", 1],
  ];
  const [unit, size] = units.find(([, each]) => Math.abs(span) >= each) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.round(span / size), unit);
}
