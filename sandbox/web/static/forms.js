// Modals: forms that the bot opens.

import { byId, el } from "./dom.js";
import { field } from "./fields.js";
import { FormDraft } from "./form_drafts.js";
import { icon } from "./icons.js";
import { Component } from "./kinds.js";
import { markdown } from "./markdown.js";

// `me`: the name of who writes.
export function openForm(form, { connection, me, names, said }) {
  const dialog = byId("modal");
  const fields = [];
  const draft = new FormDraft(me, form);
  const typed = { ...form.typed, ...draft.texts };
  const add = (component, label, description) => {
    const made = field(component, { label, description, typed, names });
    fields.push([component, made.value]);
    return el("div", { class: "field" }, made.node);
  };
  const part = (each) => {
    if (each.type === Component.TEXT) return el("div", { class: "text" }, markdown(each.content, names));
    if (each.type === Component.LABEL) return add(each.component, each.label, each.description);
    if (each.type === Component.ROW) return each.components.map((inner) => add(inner, inner.label));
    return el("p", { class: "small" }, `A part of kind ${each.type}, which this page does not show.`);
  };
  const problem = el("p", { role: "alert", class: "problem" });
  const submit = async (event) => {
    event.preventDefault();
    problem.textContent = "";
    const answer = await connection.askWithFiles(async () => {
      return { do: "submit", form: form.number, fields: await filled(fields, connection) };
    });
    if (answer.error) {
      problem.textContent = `${answer.error} The form stays open.`;
      return;
    }
    draft.discard();
    dialog.close();
    said(answer);
  };
  const parts = form.components.map(part);
  const framed = frame(form.title, parts, problem, submit, () => dialog.close());
  framed.addEventListener("input", () => draft.keep(textsOf(fields)));
  dialog.replaceChildren(framed);
  dialog.showModal();
  dialog.querySelector(".modal-body :is(input, textarea, select)")?.focus();
}

// The head and the buttons stay in place; the fields between them scroll.
function frame(title, parts, problem, onsubmit, onclick) {
  const close = { type: "button", class: "round", "aria-label": "Close", onclick };
  return el(
    "form",
    { method: "dialog", class: "modal", onsubmit },
    el("div", { class: "modal-head" }, el("h2", { id: "modal-title" }, title), el("button", close, icon("close"))),
    el("div", { class: "modal-body", role: "group", "aria-labelledby": "modal-title" }, parts),
    el(
      "div",
      { class: "modal-foot" },
      problem,
      el("button", { type: "button", class: "button secondary", onclick }, "Cancel"),
      el("button", { type: "submit", class: "button primary" }, "Submit"),
    ),
  );
}

function textsOf(fields) {
  const texts = fields.filter(([component]) => component.type === Component.TEXT_INPUT);
  return Object.fromEntries(texts.map(([component, value]) => [component.custom_id, value()]));
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
