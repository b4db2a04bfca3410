// Modals: forms that the bot opens.

import { byId, el } from "./dom.js";

export function openForm(form, connection, said) {
  const dialog = byId("modal");
  const problem = el("p", { role: "alert", class: "problem" });
  const fields = form.fields.map((each) => [each, input(each)]);
  const made = el("form", { method: "dialog" },
    el("h2", { id: "modal-title" }, form.title),
    fields.map(([each, box]) => el("div", { class: "field" }, el("label", { for: box.id }, each.label,
      each.component.required === false ? null : el("span", { class: "required" }, " required")), box,
      el("p", { class: "small" }, limits(each.component)))),
    problem,
    el("div", { class: "row" }, el("button", { type: "submit", class: "button primary" }, "Submit"),
      el("button", { type: "button", class: "button secondary", onclick: () => dialog.close() }, "Cancel")));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    const answer = await connection.ask({ do: "submit", form: form.number, fields: Object.fromEntries(fields.map(([each, box]) => [each.name, box.value])) });
    if (answer.error) {
      problem.textContent = `${answer.error} The form stays open, with what you have written.`;
      return;
    }
    dialog.close();
    said(answer);
  });
  dialog.replaceChildren(made);
  dialog.showModal();
  fields[0]?.[1].focus();
}

function input(field) {
  const { component } = field;
  const common = { id: `field-${field.name}`, required: component.required !== false, minlength: component.min_length, maxlength: component.max_length ?? 4000 };
  if (component.type === 3) {
    return el("select", { id: common.id }, (component.options ?? []).map((each) => el("option", { value: each.value, selected: each.value === field.value }, each.label)));
  }
  const made = component.style === 2 ? el("textarea", { ...common, rows: 8, placeholder: component.placeholder }) : el("input", { ...common, type: "text", placeholder: component.placeholder });
  made.value = field.value;
  return made;
}

function limits(component) {
  return component.type === 3 ? "" : `At most ${(component.max_length ?? 4000).toLocaleString()} characters.`;
}
