// The theme: the system's, until the switch chooses one; the choice is remembered.

import { byId } from "./dom.js";

const KEY = "theme";
const root = document.documentElement;

export function followTheme() {
  const remembered = localStorage.getItem(KEY);
  if (remembered) root.dataset.theme = remembered;
  byId("theme-switch").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    localStorage.setItem(KEY, root.dataset.theme);
    label();
  });
  system.addEventListener("change", label);
  label();
}

const system = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
}

function label() {
  byId("theme-switch").setAttribute("aria-label", isDark() ? "Use the light theme" : "Use the dark theme");
}
