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
    byId("faults").replaceChildren(...faults.map(({ name, words }) => el("button", { type: "button", onclick: async () => {
      const answer = await this.connection.ask({ do: "fault", name });
      byId("reload-said").textContent = answer.error ?? `${words}: done.`;
    } }, words)));
  }

  add(lines) {
    const list = byId("lines");
    for (const line of lines) {
      list.prepend(el("li", { class: line.kind }, el("details", {}, el("summary", {}, line.words), el("pre", { tabindex: "0" }, line.more))));
    }
    while (list.children.length > MOST) list.lastChild.remove();
  }

  async reload() {
    byId("reload-said").textContent = "Reloading\u2026";
    const answer = await this.connection.ask({ do: "reload" });
    byId("reload-said").textContent = answer.error ?? answer.said;
  }

  async log() {
    const box = byId("log");
    box.hidden = false;
    box.textContent = (await (await fetch("/page/log")).text()) || "Nothing was logged yet.";
    box.scrollTop = box.scrollHeight;
  }
}
