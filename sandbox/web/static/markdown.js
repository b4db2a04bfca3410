// Discord's markdown as elements. Whatever a text holds, it becomes text nodes; nothing of it is read as HTML.

import { el } from "./dom.js";

const DEPTH = 8; // of marks within marks; what is deeper stays as it was written
const PAIRS = [
  ["**", "strong"],
  ["__", "u"],
  ["~~", "s"],
  ["||", "spoiler"],
  ["*", "em"],
  ["_", "em"],
];
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

const FENCE = /```(?:[a-z0-9_+\-.#]+\n)?\n*([^\n][^]*?)\n*```/gi;

export function markdown(text, names) {
  const made = document.createDocumentFragment();
  let from = 0;
  for (const fence of text.matchAll(FENCE)) {
    made.append(...blocks(text.slice(from, fence.index).replace(/\n$/, ""), names));
    made.append(el("pre", {}, el("code", {}, fence[1])));
    from = fence.index + fence[0].length;
    if (text[from] === "\n") from += 1;
  }
  made.append(...blocks(text.slice(from), names));
  return made;
}

// Headings, quotes, lists, and paragraphs of what is between them; in a quote there is no other.
function blocks(text, names, isQuoted = false) {
  const made = [];
  let plain = [];
  const flush = () => {
    if (plain.join("")) made.push(el("p", {}, inline(plain.join("\n"), names, 0)));
    plain = [];
  };
  const lines = text.split("\n");
  while (lines.length) {
    const line = lines.shift();
    const quote = isQuoted ? null : /^>(>>)? (.*)$/.exec(line);
    const head = /^(#{1,3}|-#|\s*[-*]) +(\S.*)$/.exec(line);
    if (!quote && !head) {
      plain.push(line);
      continue;
    }
    flush();
    if (head) {
      made.push(headed(head[1], inline(head[2], names, 0)));
      continue;
    }
    const [, isToTheEnd, first] = quote;
    const more = isToTheEnd ? lines.length : lines.findIndex((each) => !each.startsWith("> "));
    const rest = lines.splice(0, more < 0 ? lines.length : more);
    const quoted = [first, ...rest.map((each) => (isToTheEnd ? each : each.slice(2)))];
    made.push(el("blockquote", {}, blocks(quoted.join("\n"), names, true)));
  }
  flush();
  return made;
}

function headed(mark, content) {
  if (mark === "-#") return el("p", { class: "small" }, content);
  if (mark.startsWith("#")) return el("p", { class: `head head-${mark.length}` }, content);
  return el("p", { class: "item" }, mark.slice(0, -1), "\u2022 ", content);
}

function inline(text, names, depth) {
  const made = [];
  let plain = "";
  const flush = () => {
    if (plain) made.push(plain);
    plain = "";
  };
  for (let at = 0; at < text.length;) {
    const found = depth < DEPTH && special(text, at, names, depth);
    if (found) {
      flush();
      made.push(found.node);
      at = found.end;
    } else if (text[at] === "\\" && /[\\*_~`|[\]<>@#-]/.test(text[at + 1] ?? "")) {
      plain += text[at + 1];
      at += 2;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return made;
}

function special(text, at, names, depth) {
  switch (text[at]) {
    case "`":
      return code(text, at);
    case "<":
      return angle(text, at, names);
    case "[":
      return link(text, at, names, depth);
    case "h":
      return address(text, at);
    case "@":
      return everyone(text, at);
  }
  for (const [mark, tag] of PAIRS) {
    if (!text.startsWith(mark, at)) continue;
    const end = closing(text, at + mark.length, mark);
    if (end < 0) continue;
    const content = inline(text.slice(at + mark.length, end), names, depth + 1);
    return { node: tag === "spoiler" ? spoiler(content) : el(tag, {}, content), end: end + mark.length };
  }
  return null;
}

// Where the text in a pair of marks ends: not where another pair begins, in a word, or beside a space.
function closing(text, from, mark) {
  const isSingle = mark.length === 1;
  let step = 1;
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + step)) {
    const next = text[at + mark.length] ?? "";
    const isLonger = next === mark[0];
    step = isSingle && isLonger ? 2 : 1;
    if (isLonger || at === from || text[at - 1] === "\\") continue;
    if (mark === "_" && /\w/.test(next)) continue;
    if (mark === "*" && (/\s/.test(text[from]) || /\s/.test(text[at - 1]))) continue;
    return at;
  }
  return -1;
}

function code(text, at) {
  const end = text.indexOf("`", at + 1);
  return end > at + 1 ? { node: el("code", {}, text.slice(at + 1, end)), end: end + 1 } : null;
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

function link(text, at, names, depth) {
  const found = /^\[([^\]\n]{1,500})\]\((https?:\/\/[^\s)]{1,1000})\)/.exec(text.slice(at, at + 1600));
  return found && { node: anchor(found[2], inline(found[1], names, depth + 1)), end: at + found[0].length };
}

function address(text, at) {
  const found = /^https?:\/\/[^\s<>()]{0,1000}[^\s<>().,:;"'\]]/.exec(text.slice(at, at + 1010));
  return found && { node: anchor(found[0], [found[0]]), end: at + found[0].length };
}

function anchor(address, content) {
  const jump = /^https:\/\/discord\.com\/channels\/\d+\/\d+\/(\d+)$/.exec(address);
  const target = jump
    ? { href: `#message-${jump[1]}` }
    : { href: address, rel: "noopener noreferrer", target: "_blank" };
  return el("a", target, content);
}

function everyone(text, at) {
  const found = /^@(everyone|here)\b/.exec(text.slice(at, at + 10));
  return found && { node: el("span", { class: "mention" }, found[0]), end: at + found[0].length };
}

function angle(text, at, names) {
  const found =
    /^<(?:(@!?|@&|#)(\d{1,20})|t:(-?\d{1,13})(?::([tTdDfFR]))?|(\/[^:<>]{1,100}):\d+|a?:(\w{1,32}):\d+)>/.exec(
      text.slice(at, at + 140),
    );
  if (!found) return null;
  const [whole, kind, id, seconds, style, command, emoji] = found;
  const end = at + whole.length;
  if (seconds) return { node: time(Number(seconds), style ?? "f"), end };
  if (command) return { node: el("span", { class: "mention" }, command), end };
  if (emoji) return { node: `:${emoji}:`, end };
  return { node: el("span", { class: "mention" }, mention(kind, id, names)), end };
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
