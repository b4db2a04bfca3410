// Choices that the bot offers while an option is typed.

import { el } from "./dom.js";

const TYPING_MILLISECONDS = 150;

export class Autocomplete {
  // `complete()` requests the choices; `picked(choice)` is called with the one that is taken.
  constructor(input, name, { complete, picked }) {
    this.input = input;
    this.complete = complete;
    this.picked = picked;
    this.asked = 0;
    this.id = `${input.id}-choices`;
    this.list = el("ul", {
      role: "listbox",
      class: "choices",
      id: this.id,
      "aria-label": `Choices for ${name}`,
      hidden: true,
    });
    const combobox = { role: "combobox", "aria-controls": this.id, "aria-expanded": "false", autocomplete: "off" };
    for (const [key, value] of Object.entries(combobox)) input.setAttribute(key, value);
    input.addEventListener("input", () => this.askLater());
    input.addEventListener("focus", () => this.askLater());
    input.addEventListener("blur", () => this.stop());
    input.addEventListener("keydown", (event) => this.key(event));
  }

  askLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), TYPING_MILLISECONDS);
  }

  stop() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.open(false);
  }

  async ask() {
    this.asked += 1;
    const number = this.asked;
    const answer = await this.complete();
    if (number !== this.asked || document.activeElement !== this.input || !answer.choices) return;
    this.list.replaceChildren(...answer.choices.map((choice, index) => this.item(choice, index)));
    this.open(answer.choices.length > 0);
  }

  item(choice, index) {
    const attributes = { role: "option", id: `${this.id}-${index}`, "aria-selected": "false" };
    const take = () => {
      this.input.value = choice.name;
      this.picked(choice);
      this.open(false);
    };
    // The input keeps the focus, so that its list stays open until the click is handled.
    return el("li", { ...attributes, onmousedown: (event) => event.preventDefault(), onclick: take }, choice.name);
  }

  open(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) this.mark(-1);
  }

  mark(index) {
    const items = [...this.list.children];
    for (const [at, item] of items.entries()) item.setAttribute("aria-selected", String(at === index));
    if (index < 0) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    this.input.setAttribute("aria-activedescendant", items[index].id);
    items[index].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (this.list.hidden) return;
    const items = [...this.list.children];
    const at = items.findIndex((each) => each.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.open(false);
    else if (event.key === "Enter" && at >= 0) items[at].click();
    else if (step) this.mark((Math.max(at, step > 0 ? -1 : 0) + step + items.length) % items.length);
    else return;
    event.preventDefault();
  }
}
