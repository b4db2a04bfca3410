// The options of a slash command: an input for each by its type, with autocomplete.

import { offered, oneOf } from "./choosing.js";
import { el } from "./dom.js";
import { Component, Option } from "./kinds.js";

const SELECT_OF = {
  [Option.USER]: Component.USER_SELECT,
  [Option.ROLE]: Component.ROLE_SELECT,
  [Option.MENTIONABLE]: Component.MENTIONABLE_SELECT,
  [Option.CHANNEL]: Component.CHANNEL_SELECT,
};
const YES_OR_NO = [
  { value: "true", label: "yes" },
  { value: "false", label: "no" },
];
const NUMBERS = [Option.INTEGER, Option.NUMBER];
const LONG = 200; // characters: longer options get a multiline input
const TYPING_MILLISECONDS = 150;

export class Options {
  // `complete(focused)` requests choices from the bot; `chosenFiles(files)` receives picked files.
  constructor(command, names, { complete, chosenFiles }) {
    this.command = command;
    this.names = names;
    this.complete = complete;
    this.inputs = new Map();
    this.picked = new Map();
    this.places = command.options.filter((each) => each.type === Option.ATTACHMENT);
    const others = command.options.filter((each) => each.type !== Option.ATTACHMENT);
    this.nodes = others.map((each) => this.field(each));
    if (this.places.length) this.nodes.push(this.filesField(chosenFiles));
  }

  // The values; an option that is being typed may be empty.
  given(focused) {
    const given = {};
    for (const [option, input] of this.inputs) {
      const picked = this.picked.get(option.name);
      const raw = picked?.shown === input.value ? picked.value : input.value;
      if (raw !== "" || option.name === focused) given[option.name] = typed(option, raw);
    }
    return given;
  }

  // Fill in typed values by option name; for lists, the value or the label. Return the names of invalid ones.
  fill(values) {
    const wrong = new Set(values.keys());
    for (const [{ name }, input] of this.inputs) {
      if (!values.has(name)) continue;
      input.value = input.options ? chosenBy(values.get(name), [...input.options]) : values.get(name);
      if (input.value) wrong.delete(name);
    }
    return [...wrong];
  }

  // The names of empty required options.
  missing(given, fileCount) {
    const isMissing = (each) =>
      each.required &&
      (each.type === Option.ATTACHMENT ? this.places.indexOf(each) >= fileCount : !(each.name in given));
    return this.command.options.filter(isMissing).map((each) => each.name);
  }

  field(option) {
    const id = `option-${option.name}`;
    const input = this.input(option, { id, "aria-describedby": `${id}-help`, required: Boolean(option.required) });
    this.inputs.set(option, input);
    const choices = option.autocomplete && this.completing(option, input, `${id}-choices`);
    const label = el(
      "label",
      { for: id },
      option.name,
      option.required && el("span", { class: "required" }, " required"),
    );
    const help = el("p", { class: "small", id: `${id}-help` }, option.description);
    return el("div", { class: "field" }, label, input, help, choices);
  }

  input(option, common) {
    const choices = this.choices(option);
    if (choices) return oneOf(choices, common, "");
    if (NUMBERS.includes(option.type)) {
      const step = option.type === Option.INTEGER ? 1 : "any";
      return el("input", { ...common, type: "number", step, min: option.min_value, max: option.max_value });
    }
    const isLong = (option.max_length ?? LONG + 1) > LONG && !option.autocomplete;
    const attributes = { ...common, minlength: option.min_length, maxlength: option.max_length };
    return isLong ? el("textarea", { ...attributes, rows: 3 }) : el("input", { ...attributes, type: "text" });
  }

  // The choices of an option; null: free input.
  choices(option) {
    if (option.choices?.length) return option.choices.map(({ value, name }) => ({ value, label: name }));
    if (option.type === Option.BOOLEAN) return YES_OR_NO;
    const type = SELECT_OF[option.type];
    return type ? offered({ ...option, type }, this.names) : null;
  }

  filesField(chosenFiles) {
    const [first, last] = [this.places[0], this.places.at(-1)];
    const many = this.places.length > 1;
    const required = this.places.some((each) => each.required);
    const input = el("input", {
      type: "file",
      id: "option-files",
      multiple: many,
      "aria-describedby": "option-files-help",
    });
    input.addEventListener("change", () => {
      chosenFiles(input.files);
      input.value = "";
    });
    const name = many ? `${first.name} to ${last.name}` : first.name;
    const label = el(
      "label",
      { for: "option-files" },
      name,
      required && el("span", { class: "required" }, " required"),
    );
    const help = `${first.description} Choose, drop or paste ${many ? `up to ${this.places.length}` : "one"}.`;
    return el("div", { class: "field" }, label, input, el("p", { class: "small", id: "option-files-help" }, help));
  }

  // Autocomplete of an input: its list of choices.
  completing(option, input, listId) {
    const list = el("ul", {
      role: "listbox",
      class: "choices",
      id: listId,
      "aria-label": `Choices for ${option.name}`,
      hidden: true,
    });
    const combobox = { role: "combobox", "aria-controls": listId, "aria-expanded": "false", autocomplete: "off" };
    for (const [name, value] of Object.entries(combobox)) input.setAttribute(name, value);
    let timer;
    let asked = 0;

    const open = (isOpen) => {
      if (isOpen) layOver(list, input);
      list.hidden = !isOpen;
      input.setAttribute("aria-expanded", String(isOpen));
      if (!isOpen) mark(-1);
    };
    const mark = (index) => {
      for (const [at, item] of [...list.children].entries()) item.setAttribute("aria-selected", String(at === index));
      if (index < 0) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      input.setAttribute("aria-activedescendant", list.children[index].id);
      list.children[index].scrollIntoView({ block: "nearest" });
    };
    const take = (choice) => {
      input.value = choice.name;
      this.picked.set(option.name, { shown: choice.name, value: choice.value });
      open(false);
    };
    const ask = async () => {
      const number = ++asked;
      const answer = await this.complete(option.name);
      if (number !== asked || document.activeElement !== input || !answer.choices) return;
      const item = (choice, index) => {
        const attributes = { role: "option", id: `${listId}-${index}`, "aria-selected": "false" };
        // The input keeps the focus, so that its list stays open until the click is handled.
        const events = { onmousedown: (event) => event.preventDefault(), onclick: () => take(choice) };
        return el("li", { ...attributes, ...events }, choice.name);
      };
      list.replaceChildren(...answer.choices.map(item));
      open(answer.choices.length > 0);
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(ask, TYPING_MILLISECONDS);
    };
    input.addEventListener("input", later);
    input.addEventListener("focus", later);
    input.addEventListener("blur", () => {
      clearTimeout(timer);
      asked += 1;
      open(false);
    });
    input.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      const items = [...list.children];
      const at = items.findIndex((each) => each.getAttribute("aria-selected") === "true");
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") open(false);
      else if (event.key === "Enter" && at >= 0) items[at].click();
      else if (step) mark((Math.max(at, step > 0 ? -1 : 0) + step + items.length) % items.length);
      else return;
      event.preventDefault();
    });
    return list;
  }
}

function chosenBy(words, options) {
  const fits = ({ value, text }) => [value, text].some((each) => each.toLowerCase() === words.toLowerCase());
  return options.find(fits)?.value ?? "";
}

// Above or below the input, where there is more space, as an overlay: nothing may move away from a finger that is
// about to tap it.
function layOver(list, input) {
  const { left, top, bottom, width } = input.getBoundingClientRect();
  const isAbove = top > innerHeight - bottom;
  list.style.left = `${left}px`;
  list.style.width = `${width}px`;
  list.style.top = isAbove ? "auto" : `${bottom}px`;
  list.style.bottom = isAbove ? `${innerHeight - top}px` : "auto";
}

function typed(option, raw) {
  if (option.type === Option.BOOLEAN) return raw === "true";
  return NUMBERS.includes(option.type) && raw !== "" ? Number(raw) : raw;
}
