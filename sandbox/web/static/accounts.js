// The account at the bottom left, and the switch to another.

import { avatar } from "./avatars.js";
import { byId, el } from "./dom.js";

export class Accounts {
  // `be(person)` switches to an account: its id and name.
  constructor(be) {
    this.be = be;
    this.people = [];
    byId("account-switch").addEventListener("click", () => this.open());
  }

  offer(people) {
    this.people = people;
  }

  see({ me }) {
    const here = this.people.find(({ id }) => id === me);
    if (!here || this.mark === JSON.stringify(here)) return;
    this.mark = JSON.stringify(here);
    byId("account-switch").replaceChildren(...face(here), el("span", { class: "hidden" }, "Switch accounts"));
  }

  open() {
    const dialog = byId("accounts");
    const current = JSON.parse(this.mark ?? "{}").id;
    const choice = (person) => {
      const onclick = () => {
        dialog.close();
        this.be(person);
      };
      return el("li", {}, el("button", { type: "button", "aria-current": person.id === current, onclick }, face(person)));
    };
    const close = el("button", { type: "button", onclick: () => dialog.close() }, "Close");
    const title = el("h2", { id: "accounts-title" }, "Switch accounts");
    dialog.replaceChildren(title, el("ul", {}, this.people.map(choice)), close);
    dialog.showModal();
  }
}

function face({ name, note }) {
  const words = el("span", { class: "who" }, el("span", { class: "person-name" }, name), el("span", { class: "small" }, note));
  return [avatar(name, "online"), words];
}
