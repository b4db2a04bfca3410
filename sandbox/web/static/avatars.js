// Avatars: initials on a color that belongs to the name.

import { el } from "./dom.js";

const HUES = [235, 142, 4, 32, 285, 190]; // all are dark enough for white initials at the lightness of the style
const MIXING = 67; // a factor by which similar names get different colors

export function avatar(name, look = "") {
  const made = el("span", { class: `avatar ${look}`, "aria-hidden": "true" }, initials(name));
  made.style.setProperty("--hue", HUES[mixed(name) % HUES.length]);
  return made;
}

// A number that is the same for a name each time.
function mixed(name) {
  return [...name].reduce((sum, letter) => (sum * MIXING + letter.codePointAt(0)) % 2 ** 24, 0);
}

export const nameOf = (user) => user.global_name ?? user.username;

function initials(name) {
  const [first = "?", second] = name.trim().split(/\s+/);
  return [first, second].filter(Boolean).map(([letter]) => letter.toUpperCase()).join("");
}
