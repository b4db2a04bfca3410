// The inspector: traffic between the bot and the local Discord, faults, reloading of plugins, the log.

import { byId, el } from "./dom.js";

const MAX_LINES = 300;
const AT_END_PIXELS = 40;
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const HIDDEN = {
  all: [],
  traffic: ["heartbeat"],
  request: ["heartbeat", "event"],
  event: ["heartbeat", "request", "error"],
  error: ["heartbeat", "request", "event"],
};

export class Inspector {
  constructor(connection) {
    this.connection = connection;
    this.panel = byId("inspector");
    this.toggle = byId("inspector-toggle");
    this.toggle.addEventListener("click", () => this.open(this.panel.hidden));
    byId("inspector-close").addEventListener("click", () => this.open(false));
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.target.value) this.open(false);
    });
    byId("reload").addEventListener("click", () => this.reload());
    byId("show-log").addEventListener("click", () => this.toggleLog());
    byId("filter-kind").addEventListener("change", () => this.filter());
    byId("filter-words").addEventListener("input", () => this.filter());
  }

  // Open the panel, or close it.
  open(isOpen) {
    this.panel.hidden = !isOpen;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    document.body.classList.toggle("with-inspector", isOpen);
    this.toEnd();
    (isOpen ? this.panel : this.toggle).focus();
  }

  offer(faults, canReload) {
    byId("reload").hidden = !canReload;
    byId("lines").replaceChildren();
    const button = ({ name, words }) =>
      el("button", { type: "button", class: "button secondary", onclick: () => this.switchOn(name, words) }, words);
    byId("faults").replaceChildren(el("legend", {}, "Simulate a fault"), ...faults.map(button));
  }

  showPending(pending) {
    const words = ({ words: fault, left }) => (left > 1 ? `${fault} (${left} left)` : fault);
    byId("pending").textContent = pending.length ? `On: ${pending.map(words).join(", ")}.` : "";
  }

  add(lines) {
    const list = byId("lines");
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < AT_END_PIXELS;
    for (const { kind, at, words, more } of lines) {
      const made = el("time", { datetime: at }, CLOCK.format(new Date(at)));
      const summary = el("summary", {}, made, " ", el("span", { class: "line" }, words));
      const item = el("li", { class: kind }, el("details", {}, summary, el("pre", {}, more)));
      item.hidden = !this.fits(item);
      list.append(item);
    }
    while (list.children.length > MAX_LINES) list.firstChild.remove();
    if (isAtEnd) this.toEnd();
    if (!byId("log").hidden) this.showLog();
  }

  fits(item) {
    const words = byId("filter-words").value.trim().toLowerCase();
    return !HIDDEN[byId("filter-kind").value].includes(item.className) && item.textContent.toLowerCase().includes(words);
  }

  filter() {
    for (const item of byId("lines").children) item.hidden = !this.fits(item);
    this.toEnd();
  }

  toEnd() {
    byId("lines").scrollTop = byId("lines").scrollHeight;
  }

  async switchOn(name, words) {
    const answer = await this.connection.ask({ do: "fault", name });
    byId("inspector-status").textContent = answer.error ?? `${words}: done.`;
  }

  async reload() {
    byId("inspector-status").textContent = "Reloading\u2026";
    const answer = await this.connection.ask({ do: "reload" });
    byId("inspector-status").textContent = answer.error ?? answer.said;
  }

  toggleLog() {
    const box = byId("log");
    box.hidden = !box.hidden;
    byId("show-log").setAttribute("aria-expanded", String(!box.hidden));
    if (!box.hidden) this.showLog();
  }

  async showLog() {
    const box = byId("log");
    box.textContent = (await (await fetch("/page/log")).text()) || "Nothing was logged yet.";
    box.scrollTop = box.scrollHeight;
  }
}
