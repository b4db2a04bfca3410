// Avatars: initials on a color of the user's own.

import { el } from "./dom.js";

const HUES = [235, 142, 4, 32, 285, 190]; // all are dark enough for white initials at the lightness of the style

export function avatar({ id, name }, look = "") {
  const made = el("span", { class: `avatar ${look}`, "aria-hidden": "true" }, initials(name));
  made.style.setProperty("--hue", HUES[Number(BigInt(id) % BigInt(HUES.length))]);
  return made;
}

export const nameOf = (user) => user.global_name ?? user.username;

function initials(name) {
  const [first = "?", second] = name.trim().split(/\s+/);
  return [first, second].filter(Boolean).map(([letter]) => letter.toUpperCase()).join("");
}
