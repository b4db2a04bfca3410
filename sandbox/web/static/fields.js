// The fields of a modal, each with its label and description.

import { group, mostOf, offered, oneOf, SELECTS, ticked } from "./choosing.js";
import { el } from "./dom.js";
import { Component } from "./kinds.js";
import { uploadField } from "./uploads.js";

const PARAGRAPH = 2; // a style of text inputs
const MAX_INPUT_LENGTH = 4000;

const MAKERS = {
  [Component.TEXT_INPUT]: textField,
  [Component.CHECKBOX]: checkbox,
  [Component.FILE_UPLOAD]: upload,
  [Component.RADIO_GROUP]: (component, around) => {
    const node = choiceGroup(component, "radio", around);
    return { node, value: () => ticked(node)[0] };
  },
  [Component.CHECKBOX_GROUP]: boxes,
  ...Object.fromEntries(SELECTS.map((type) => [type, select])),
};

// A field's element, and a function that returns its value (undefined: empty).
export function field(component, around) {
  const make = MAKERS[component.type];
  if (make) return make(component, { ...around, id: `field-${component.custom_id}` });
  const words = `${around.label}: a field of kind ${component.type}, which this page does not show.`;
  return { node: el("p", { class: "small" }, words), value: () => undefined };
}

function textField(component, around) {
  const { min_length: minlength, max_length: maxlength = MAX_INPUT_LENGTH, placeholder } = component;
  const common = { ...inputOf(component, around), minlength, maxlength, placeholder };
  const isLong = component.style === PARAGRAPH;
  const input = isLong ? el("textarea", { ...common, rows: 6 }) : el("input", { ...common, type: "text" });
  input.value = around.typed[component.custom_id] ?? "";
  const counter = el("span", { class: "counter small", "aria-hidden": "true" });
  const count = () => (counter.textContent = `${input.value.length}/${maxlength}`);
  input.addEventListener("input", count);
  count();
  return { node: labelled(component, around, el("div", { class: "counted" }, input, counter)), value: () => input.value };
}

function checkbox(component, { id, label, description }) {
  const described = description ? `${id}-about` : null;
  const attributes = { id, type: "checkbox", checked: Boolean(component.default), "aria-describedby": described };
  const input = el("input", attributes);
  const about = description && el("p", { class: "small", id: described }, description);
  return { node: [el("label", { class: "choice", for: id }, input, el("span", {}, label)), about], value: () => input.checked };
}

function upload(component, around) {
  const { node, files } = uploadField({ ...inputOf(component, around) }, mostOf(component));
  return { node: labelled(component, around, node), value: files };
}

function boxes(component, around) {
  const node = choiceGroup(component, "checkbox", around);
  return { node, value: () => ticked(node) };
}

function select(component, around) {
  if (mostOf(component) > 1) return boxes(component, around);
  const choices = offered(component, around.names);
  const input = oneOf(choices, inputOf(component, around), component.placeholder ?? "Choose");
  return { node: labelled(component, around, input), value: () => (input.value ? [input.value] : []) };
}

function inputOf(component, { id, description }) {
  return { id, required: isRequired(component), "aria-describedby": description ? `${id}-about` : null };
}

function labelled(component, { id, label, description }, node) {
  const about = description && el("p", { class: "small about", id: `${id}-about` }, description);
  return [el("label", { for: id }, label, star(component)), about, node];
}

function choiceGroup(component, type, { id, label, description, names }) {
  const legend = [label, star(component), description && el("span", { class: "small about" }, description)];
  return group(offered(component, names), type, id, legend);
}

const isRequired = (component) => component.required !== false;

function star(component) {
  return isRequired(component) && el("span", { class: "required", title: "required" }, " *");
}
