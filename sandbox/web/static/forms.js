// Modals: forms that the bot opens.

import { group, mostOf, offered, oneOf, SELECTS, ticked } from "./choosing.js";
import { byId, el } from "./dom.js";
import { Component } from "./kinds.js";
import { markdown } from "./markdown.js";

const PARAGRAPH = 2; // a style of text inputs
const MAX_INPUT_LENGTH = 4000;

export function openForm(form, { connection, names, said }) {
  const dialog = byId("modal");
  const fields = [];
  const add = (component, label, description) => {
    const made = field(component, label, form, names);
    fields.push([component, made.value]);
    return [made.node, description && el("p", { class: "small" }, description)];
  };
  const part = (each) => {
    if (each.type === Component.TEXT) return el("div", { class: "text" }, markdown(each.content, names));
    if (each.type === Component.LABEL) return add(each.component, each.label, each.description);
    if (each.type === Component.ROW) return each.components.map((inner) => add(inner, inner.label));
    return el("p", { class: "small" }, `A part of kind ${each.type}, which this page does not show.`);
  };
  const parts = form.components.map((each) => el("div", { class: "field" }, part(each)));
  const problem = el("p", { role: "alert", class: "problem" });
  const submit = async (event) => {
    event.preventDefault();
    problem.textContent = "";
    const answer = await connection.askWithFiles(async () => {
      return { do: "submit", form: form.number, fields: await filled(fields, connection) };
    });
    if (answer.error) {
      problem.textContent = `${answer.error} The form stays open, with what you have written.`;
      return;
    }
    dialog.close();
    said(answer);
  };
  const cancel = el("button", { type: "button", class: "button secondary", onclick: () => dialog.close() }, "Cancel");
  const buttons = el(
    "div",
    { class: "row" },
    el("button", { type: "submit", class: "button primary" }, "Submit"),
    cancel,
  );
  const title = el("h2", { id: "modal-title" }, form.title);
  dialog.replaceChildren(el("form", { method: "dialog", onsubmit: submit }, title, parts, problem, buttons));
  dialog.showModal();
  dialog.querySelector("input, textarea, select")?.focus();
}

async function filled(fields, connection) {
  const made = {};
  for (const [component, value] of fields) {
    const given = value();
    if (given === undefined) continue;
    made[component.custom_id] = component.type === Component.FILE_UPLOAD ? await connection.upload(given) : given;
  }
  return made;
}

// A field's element, and a function that returns its value (undefined: empty).
function field(component, label, form, names) {
  const id = `field-${component.custom_id}`;
  const required = component.required !== false;
  const named = (input) => [
    el("label", { for: id }, label, required && el("span", { class: "required" }, " required")),
    input,
  ];
  const { type } = component;
  if (type === Component.TEXT_INPUT) {
    const input = textInput(component, { id, required }, form.typed[component.custom_id] ?? "");
    const most = (component.max_length ?? MAX_INPUT_LENGTH).toLocaleString();
    return {
      node: [named(input), el("p", { class: "small" }, `At most ${most} characters.`)],
      value: () => input.value,
    };
  }
  if (type === Component.CHECKBOX) {
    const input = el("input", { id, type: "checkbox", checked: Boolean(component.default) });
    return { node: el("label", { class: "choice", for: id }, input, ` ${label}`), value: () => input.checked };
  }
  if (type === Component.FILE_UPLOAD) {
    const input = el("input", { id, type: "file", multiple: mostOf(component) > 1, required });
    return { node: named(input), value: () => [...input.files] };
  }
  const choices = offered(component, names);
  if (type === Component.RADIO_GROUP) {
    const node = group(choices, "radio", id, label);
    return { node, value: () => ticked(node)[0] };
  }
  if (type === Component.CHECKBOX_GROUP || mostOf(component) > 1) {
    const node = group(choices, "checkbox", id, label);
    return { node, value: () => ticked(node) };
  }
  if (SELECTS.includes(type)) {
    const input = oneOf(choices, { id, required }, component.placeholder ?? "");
    return { node: named(input), value: () => (input.value ? [input.value] : []) };
  }
  return {
    node: el("p", { class: "small" }, `${label}: a field of kind ${type}, which this page does not show.`),
    value: () => undefined,
  };
}

function textInput(component, attributes, value) {
  const { min_length: minlength, max_length: maxlength = MAX_INPUT_LENGTH, placeholder } = component;
  const common = { ...attributes, minlength, maxlength, placeholder };
  const input =
    component.style === PARAGRAPH ? el("textarea", { ...common, rows: 8 }) : el("input", { ...common, type: "text" });
  input.value = value;
  return input;
}
