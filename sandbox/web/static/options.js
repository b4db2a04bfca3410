// The options of a slash command: a chip for each, with an input by its type and what is wrong with it.

import { Autocomplete } from "./autocomplete.js";
import { offered, oneOf } from "./choosing.js";
import { el } from "./dom.js";
import { Component, Option } from "./kinds.js";

const SELECT_OF = {
  [Option.USER]: Component.USER_SELECT,
  [Option.ROLE]: Component.ROLE_SELECT,
  [Option.MENTIONABLE]: Component.MENTIONABLE_SELECT,
  [Option.CHANNEL]: Component.CHANNEL_SELECT,
};
const BOOLEANS = [
  { value: "true", label: "True" },
  { value: "false", label: "False" },
];
const NUMBERS = [Option.INTEGER, Option.NUMBER];
const LONG = 200; // characters: longer options get a multiline input
const REQUIRED = "This option is required. Enter a value.";

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

  // Fill in typed values by option name; for lists, the value or the label. Return true if one is invalid.
  fill(values) {
    const wrong = new Set(values.keys());
    for (const [{ name }, input] of this.inputs) {
      if (!values.has(name)) continue;
      input.value = input.options ? chosenBy(values.get(name), [...input.options]) : values.get(name);
      if (input.value) wrong.delete(name);
    }
    const [first] = wrong;
    const input = [...this.inputs].find(([{ name }]) => name === first)?.[1];
    if (input) refuse(input, "Choose one of the values.");
    return wrong.size > 0;
  }

  // Show the first error at its option; return true if there is one.
  refuses(given, fileCount) {
    const files = this.filesInput;
    for (const [option, input] of this.inputs) {
      const isMissing = option.required && !(option.name in given);
      const error = isMissing ? REQUIRED : input.validationMessage;
      if (error) return refuse(input, error);
    }
    const isMissing = this.places.some((each, index) => each.required && index >= fileCount);
    if (isMissing) return refuse(files, REQUIRED);
    if (fileCount <= this.places.length) return false;
    const words = `/${this.command.path.join(" ")} takes ${this.places.length || "no"} files. Remove some.`;
    return refuse(files ?? [...this.inputs.values()][0], words);
  }

  field(option) {
    const input = this.input(option, common(option.name, option.required));
    this.inputs.set(option, input);
    return this.chip(option.name, input, option.description, this.choicesOf(option, input));
  }

  chip(name, input, description, choices) {
    const label = el("label", { for: input.id }, name, input.required && el("span", { class: "hidden" }, " required"));
    const help = el("p", { class: "small", id: `${input.id}-help` }, el("strong", {}, name), ` ${description}`);
    const problem = el("p", { class: "problem", role: "alert", id: `${input.id}-problem` });
    input.addEventListener("input", () => accept(input));
    const look = input.required ? "chip required-chip" : "chip";
    return el("div", { class: look }, label, input, el("div", { class: "popup" }, help, problem, choices));
  }

  choicesOf(option, input) {
    if (!option.autocomplete) return null;
    const complete = () => this.complete(option.name);
    const picked = (choice) => this.picked.set(option.name, { shown: choice.name, value: choice.value });
    return new Autocomplete(input, option.name, { complete, picked }).list;
  }

  input(option, attributes) {
    const choices = this.choices(option);
    if (choices) return oneOf(choices, attributes, "");
    if (NUMBERS.includes(option.type)) {
      const step = option.type === Option.INTEGER ? 1 : "any";
      return el("input", { ...attributes, type: "number", step, min: option.min_value, max: option.max_value });
    }
    const isLong = (option.max_length ?? LONG + 1) > LONG && !option.autocomplete;
    const limits = { ...attributes, minlength: option.min_length, maxlength: option.max_length };
    return isLong ? el("textarea", { ...limits, rows: 1 }) : el("input", { ...limits, type: "text" });
  }

  // The choices of an option; null: free input.
  choices(option) {
    if (option.choices?.length) return option.choices.map(({ value, name }) => ({ value, label: name }));
    if (option.type === Option.BOOLEAN) return BOOLEANS;
    const type = SELECT_OF[option.type];
    return type ? offered({ ...option, type }, this.names) : null;
  }

  filesField(chosenFiles) {
    const [first, last] = [this.places[0], this.places.at(-1)];
    const isMany = this.places.length > 1;
    const required = this.places.some((each) => each.required);
    const input = el("input", { ...common("files", required), type: "file", multiple: isMany });
    this.filesInput = input;
    input.addEventListener("change", () => {
      accept(input);
      chosenFiles(input.files);
      input.value = "";
    });
    const name = isMany ? `${first.name} to ${last.name}` : first.name;
    const help = `${first.description} Choose, drop or paste ${isMany ? `up to ${this.places.length}` : "one"}.`;
    return this.chip(name, input, help);
  }
}

function common(name, required) {
  const id = `option-${name}`;
  return { id, "aria-describedby": `${id}-help ${id}-problem`, required: Boolean(required) };
}

function refuse(input, words) {
  input.focus();
  input.setAttribute("aria-invalid", "true");
  problemOf(input).textContent = words;
  return true;
}

function accept(input) {
  input.removeAttribute("aria-invalid");
  problemOf(input).textContent = "";
}

function problemOf(input) {
  return input.closest(".chip").querySelector(".problem");
}

function chosenBy(words, options) {
  const fits = ({ value, text }) => [value, text].some((each) => each.toLowerCase() === words.toLowerCase());
  return options.find(fits)?.value ?? "";
}

function typed(option, raw) {
  if (option.type === Option.BOOLEAN) return raw === "true";
  return NUMBERS.includes(option.type) && raw !== "" ? Number(raw) : raw;
}
