// The sidebar and the member list: beside the messages where there is space, else drawers over them.

import { byId } from "./dom.js";

const NARROW = matchMedia("(max-width: 760px)");
const MEDIUM = matchMedia("(max-width: 1000px)");

// A panel that its toggle opens and closes; where `isDrawer` matches it is a drawer, closed at first.
export class Drawer {
  constructor(panel, toggle, isDrawer) {
    this.panel = byId(panel);
    this.toggle = byId(toggle);
    this.isDrawer = isDrawer;
    this.toggle.addEventListener("click", () => this.set(this.panel.hidden));
    isDrawer.addEventListener("change", () => this.set(!isDrawer.matches));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.isOpenDrawer()) this.close();
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (this.isOpenDrawer() && !this.panel.contains(target) && !this.toggle.contains(target)) this.set(false);
    });
    this.set(!isDrawer.matches);
  }

  // Close the drawer; no effect on a panel beside the messages.
  close() {
    if (!this.isOpenDrawer()) return;
    const hadFocus = this.panel.contains(document.activeElement);
    this.set(false);
    if (hadFocus) this.toggle.focus();
  }

  isOpenDrawer() {
    return this.isDrawer.matches && !this.panel.hidden && !document.querySelector("dialog[open]");
  }

  set(isOpen) {
    this.panel.hidden = !isOpen;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    if (isOpen && this.isDrawer.matches) this.panel.querySelector("button[tabindex='0'], button")?.focus();
  }
}

export const openSidebar = () => new Drawer("sidebar", "sidebar-toggle", NARROW);
export const openMembers = () => new Drawer("members", "members-toggle", MEDIUM);
