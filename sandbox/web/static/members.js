// The member list: who sees the channel, by role, in the colors of their roles.

import { avatar } from "./avatars.js";
import { byId, el } from "./dom.js";
import { fill, moveByArrows } from "./lists.js";

export class Members {
  // `openMenu(id, name)` shows what applications offer for a user.
  constructor(openMenu) {
    this.openMenu = openMenu;
    moveByArrows(byId("members"));
  }

  see({ members }) {
    const mark = JSON.stringify(members);
    if (this.mark === mark) return;
    this.mark = mark;
    const groups = new Map();
    for (const each of members) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
    const nodes = [...groups].map(([name, people]) => [
      el("h2", {}, `${name} \u2014 ${people.length}`),
      el("ul", {}, people.map((each) => el("li", {}, this.person(each)))),
    ]);
    fill(byId("members"), nodes.flat());
  }

  person({ id, name, color, is_bot: isBot, is_online: isOnline }) {
    const label = el("span", { class: "person-name" }, name);
    if (color) label.style.setProperty("--role", color);
    const open = { type: "button", "data-key": id, "aria-haspopup": "dialog", onclick: () => this.openMenu(id, name) };
    const offline = !isOnline && el("span", { class: "hidden" }, ", offline");
    const face = avatar(name, isOnline ? "online" : "offline");
    return el("button", open, face, label, isBot && el("span", { class: "tag" }, "APP"), offline);
  }
}
