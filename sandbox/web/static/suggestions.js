// The list of commands above the composer while a name is typed.

import { avatar } from "./avatars.js";
import { byId, el } from "./dom.js";

const MAX_SUGGESTIONS = 40;

export class Suggestions {
  // `choose(command)` takes one.
  constructor(text, choose) {
    this.text = text;
    this.choose = choose;
    this.list = byId("suggestions");
    this.suggested = [];
    this.active = -1;
    text.addEventListener("blur", () => this.mark(-1));
  }

  // Suggest those of the commands that fit the typed text.
  update(commands, names) {
    const typed = this.text.value;
    const isCommand = typed.startsWith("/") && !typed.includes("\n") && document.activeElement === this.text;
    const words = isCommand ? typed.slice(1).trim().toLowerCase() : null;
    const fits = (each) => each.path.join(" ").includes(words) || each.description.toLowerCase().includes(words);
    this.suggested = words === null ? [] : commands.filter(fits).slice(0, MAX_SUGGESTIONS);
    this.list.replaceChildren(...this.suggested.map((each, index) => this.item(each, index, names)));
    this.mark(this.suggested.length ? 0 : -1);
  }

  item(command, index, names) {
    const owner = names.users[command.application];
    const options = command.options.map(({ name }) => name).join(" ");
    return el(
      "li",
      {
        role: "option",
        id: `suggestion-${index}`,
        onmousedown: (event) => event.preventDefault(), // the text keeps the focus, and the list stays open
        onclick: () => this.choose(command),
      },
      avatar(owner),
      el(
        "span",
        { class: "what" },
        el("span", {}, el("strong", {}, `/${command.path.join(" ")}`), " ", el("span", { class: "option-names" }, options)),
        el("span", { class: "small" }, command.description),
      ),
      el("span", { class: "small owner" }, owner),
    );
  }

  mark(active) {
    this.active = active;
    this.list.hidden = active < 0;
    this.text.setAttribute("aria-expanded", String(active >= 0));
    for (const [at, item] of [...this.list.children].entries())
      item.setAttribute("aria-selected", String(at === active));
    if (active < 0) {
      this.text.removeAttribute("aria-activedescendant");
      return;
    }
    this.text.setAttribute("aria-activedescendant", `suggestion-${active}`);
    this.list.children[active].scrollIntoView({ block: "nearest" });
  }

  // Handle a key in the text; return true if it was for the list.
  key(event) {
    if (this.active < 0) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark((this.active + step + this.suggested.length) % this.suggested.length);
    else if (event.key === "Enter" || event.key === "Tab") this.choose(this.suggested[this.active]);
    else if (event.key === "Escape") this.mark(-1);
    else return false;
    event.preventDefault();
    return true;
  }
}
