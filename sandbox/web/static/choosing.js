// Options of select menus and groups in messages and modals, and inputs to choose them.

import { el } from "./dom.js";
import { Component } from "./kinds.js";

export const SELECTS = [
  Component.STRING_SELECT,
  Component.USER_SELECT,
  Component.ROLE_SELECT,
  Component.MENTIONABLE_SELECT,
  Component.CHANNEL_SELECT,
];

// The options: value, label and whether preset.
export function offered(component, names) {
  const preset = new Set((component.default_values ?? []).map((each) => each.id));
  const table = (pairs) => pairs.map(([value, label]) => ({ value, label, preset: preset.has(value) }));
  const members = table(names.members.map((id) => [id, names.users[id]]));
  const roles = table(Object.entries(names.roles));
  switch (component.type) {
    case Component.USER_SELECT:
      return members;
    case Component.ROLE_SELECT:
      return roles;
    case Component.MENTIONABLE_SELECT:
      return [...members, ...roles];
    case Component.CHANNEL_SELECT:
      return table(names.channels.filter((each) => isWanted(component, each)).map(({ id, name }) => [id, `# ${name}`]));
    default:
      return (component.options ?? []).map((option) => ({
        value: option.value,
        label: [option.emoji?.name, option.label].filter(Boolean).join(" "),
        description: option.description,
        preset: Boolean(option.default),
      }));
  }
}

function isWanted(component, channel) {
  return !component.channel_types?.length || component.channel_types.includes(channel.kind);
}

export const mostOf = (component) =>
  component.max_values ?? (component.type === Component.CHECKBOX_GROUP ? component.options.length : 1);

// A <select> for one option, with `first` as its placeholder; once chosen, only an optional one can be emptied.
export function oneOf(choices, attributes, first) {
  const options = choices.map((each) => el("option", { value: each.value, selected: each.preset }, words(each)));
  const isChosenOnce = Boolean(first) && attributes.required !== false;
  return el("select", attributes, el("option", { value: "", hidden: isChosenOnce }, first), options);
}

// A named group of radio buttons or checkboxes; `legend` is words or elements.
export function group(choices, type, name, legend) {
  const boxes = choices.map((each) => {
    const box = el("input", { type, name, value: each.value, checked: each.preset });
    return el("label", { class: "choice" }, box, el("span", {}, words(each)));
  });
  return el("fieldset", { class: "choices-group" }, el("legend", {}, legend), boxes);
}

export const ticked = (node) => [...node.querySelectorAll("input:checked")].map((box) => box.value);

function words({ label, description }) {
  return description ? [label, el("span", { class: "description" }, el("span", {}, ": "), description)] : label;
}
