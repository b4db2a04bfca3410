// Under the hood: what goes between the bot and the local Discord, faults, the plugins, the log.

import { byId, el } from "./dom.js";

const MOST = 200;

export class Hood {
  constructor(connection) {
    this.connection = connection;
    const toggle = byId("hood-toggle");
    toggle.addEventListener("click", () => {
      const panel = byId("hood");
      panel.hidden = !panel.hidden;
      toggle.setAttribute("aria-expanded", String(!panel.hidden));
      document.body.classList.toggle("with-hood", !panel.hidden);
    });
    byId("reload").addEventListener("click", () => this.reload());
    byId("show-log").addEventListener("click", () => this.log());
  }

  offer(faults, canReload) {
    byId("reload").hidden = !canReload;
    byId("lines").replaceChildren();
    const button = ({ name, words }) =>
      el("button", { type: "button", onclick: () => this.switchOn(name, words) }, words);
    byId("faults").replaceChildren(el("legend", {}, "What shall go wrong"), ...faults.map(button));
  }

  add(lines) {
    const list = byId("lines");
    for (const { kind, words, more } of lines) {
      const details = el("details", {}, el("summary", {}, words), el("pre", {}, more));
      list.prepend(el("li", { class: kind }, details));
    }
    while (list.children.length > MOST) list.lastChild.remove();
  }

  async switchOn(name, words) {
    const answer = await this.connection.ask({ do: "fault", name });
    byId("hood-said").textContent = answer.error ?? `${words}: done.`;
  }

  async reload() {
    byId("hood-said").textContent = "Reloading\u2026";
    const answer = await this.connection.ask({ do: "reload" });
    byId("hood-said").textContent = answer.error ?? answer.said;
  }

  async log() {
    const box = byId("log");
    box.hidden = false;
    box.textContent = (await (await fetch("/page/log")).text()) || "Nothing was logged yet.";
    box.scrollTop = box.scrollHeight;
  }
}
