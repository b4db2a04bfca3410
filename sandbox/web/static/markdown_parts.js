// Parts of a text that are more than one element: lists, blocks of code, spoilers.

import { el } from "./dom.js";

const DIFF_LINES = [
  ["meta", /^(?:@@|---|\+\+\+)/],
  ["added", /^[+!]/],
  ["removed", /^-/],
];

// Whether an item continues the list: a list of bullets does not become one of numbers.
export function belongs(levels, opening) {
  return /^ /.test(opening) || levels[0].list.nodeName === (/\d/.test(opening) ? "OL" : "UL");
}

// Put an item into the list whose open `levels` these are, the outermost first; return that list.
export function addItem(levels, opening, content) {
  const indent = /^ */.exec(opening)[0].length;
  const number = /\d+/.exec(opening)?.[0];
  while (levels.length > 1 && indent < levels.at(-1).indent) levels.pop();
  const level = levels.at(-1);
  if (!level || indent > level.indent) {
    const list = el(number ? "ol" : "ul", { start: number });
    level?.list.lastChild.append(list);
    levels.push({ indent, list });
  }
  levels.at(-1).list.append(el("li", {}, content));
  return levels[0].list;
}

export function code(text, language) {
  const content = language === "diff" ? text.split("\n").flatMap(diffLine) : text;
  return el("pre", {}, el("code", {}, content));
}

function diffLine(line, at) {
  const [look] = DIFF_LINES.find(([, pattern]) => pattern.test(line)) ?? [];
  return [at > 0 && "\n", look ? el("span", { class: `diff-${look}` }, line) : line];
}

// A spoiler that becomes text when it is pressed, so that links in it can be followed.
export function spoiler(content) {
  const attributes = { type: "button", class: "spoiler", "aria-label": "Spoiler: show it" };
  const made = el("button", attributes, el("span", {}, content));
  made.addEventListener("click", () => {
    const open = el("span", { class: "spoiler open", tabindex: "-1" }, ...made.firstChild.childNodes);
    made.replaceWith(open);
    open.focus();
  });
  return made;
}
