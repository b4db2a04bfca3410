// The inspector: traffic between the bot and the local Discord, faults, reloading of plugins, the log.

import { byId, el } from "./dom.js";

const MAX_LINES = 200;

export class Inspector {
  constructor(connection) {
    this.connection = connection;
    const toggle = byId("inspector-toggle");
    toggle.addEventListener("click", () => {
      const panel = byId("inspector");
      panel.hidden = !panel.hidden;
      toggle.setAttribute("aria-expanded", String(!panel.hidden));
      document.body.classList.toggle("with-inspector", !panel.hidden);
    });
    byId("reload").addEventListener("click", () => this.reload());
    byId("show-log").addEventListener("click", () => this.log());
  }

  offer(faults, canReload) {
    byId("reload").hidden = !canReload;
    byId("lines").replaceChildren();
    const button = ({ name, words }) =>
      el("button", { type: "button", onclick: () => this.switchOn(name, words) }, words);
    byId("faults").replaceChildren(el("legend", {}, "Simulate a fault"), ...faults.map(button));
  }

  add(lines) {
    const list = byId("lines");
    for (const { kind, words, more } of lines) {
      const details = el("details", {}, el("summary", {}, words), el("pre", {}, more));
      list.prepend(el("li", { class: kind }, details));
    }
    while (list.children.length > MAX_LINES) list.lastChild.remove();
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

  async log() {
    const box = byId("log");
    box.hidden = false;
    box.textContent = (await (await fetch("/page/log")).text()) || "Nothing was logged yet.";
    box.scrollTop = box.scrollHeight;
  }
}
