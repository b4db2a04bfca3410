// The page: who one is, where one looks, and what is done about what is pressed.

import { Connection } from "./api.js";
import { Composer } from "./composer.js";
import { byId, el } from "./dom.js";
import { Hood } from "./hood.js";
import { showMessages } from "./messages.js";
import { openForm } from "./forms.js";

const connection = new Connection(heard);
const composer = new Composer(connection, said);
const hood = new Hood(connection);
let view = null;
const me = { person: null, channel: null };

function heard(what) {
  if (what.people) greet(what);
  if (what.view) see(what.view);
  if (what.hood) hood.add(what.hood);
  if (what.gone) notice("The local Discord is gone; this page goes on when it is back.");
}

function greet({ people, faults, can_reload }) {
  me.person ??= people[0].id;
  byId("people").replaceChildren(el("legend", {}, "You are"), ...people.map(({ id, name, note }) => el("label", {},
    el("input", { type: "radio", name: "person", value: id, checked: id === me.person, onchange: () => look({ person: id }) }), ` ${name} `, el("span", { class: "small" }, note))));
  hood.offer(faults, can_reload);
  look({});
}

function look(wanted) {
  Object.assign(me, wanted);
  notice("");
  return connection.ask({ do: "look", person: me.person, channel: me.channel });
}

function see(seen) {
  view = seen;
  me.channel = seen.channel;
  byId("guild").textContent = seen.guild;
  const here = seen.channels.find((each) => each.id === seen.channel);
  byId("channel-name").textContent = here ? (here.is_direct ? `@${here.name}` : `#${here.name}`) : "Channel";
  const list = byId("channels");
  const mark = JSON.stringify([seen.channels, seen.channel]);
  if (list.dataset.mark !== mark) {
    list.dataset.mark = mark;
    list.replaceChildren(...seen.channels.map((each) => el("li", {}, el("button", { type: "button", "aria-current": each.id === seen.channel ? "true" : null,
      onclick: () => look({ channel: each.id }) }, (each.is_direct ? "@ " : "# ") + each.name))));
  }
  composer.see(seen);
  showMessages(seen, acts);
}

const acts = {
  press: (message, customId) => asking({ do: "press", message: message.id, custom_id: customId }),
  select: (message, customId, values) => asking({ do: "select", message: message.id, custom_id: customId, values }),
  messageMenu(message) {
    const offered = view.commands.filter((each) => each.kind === 3);
    const items = offered.map((each) => [each.name, () => asking({ do: "message_action", name: each.name, message: message.id })]);
    if (!(message.flags & 64)) items.push(["Delete message", () => asking({ do: "delete", message: message.id })]);
    menu("Apps for this message", items);
  },
  userMenu(user, name) {
    const offered = view.commands.filter((each) => each.kind === 2);
    menu(`Apps for ${name}`, offered.map((each) => [each.name, () => asking({ do: "user_action", name: each.name, user })]));
  },
};

function menu(title, items) {
  const dialog = byId("menu");
  dialog.replaceChildren(el("h2", { id: "menu-title" }, title), ...items.map(([name, act]) => el("button", { type: "button", onclick: () => {
    dialog.close();
    act();
  } }, name)), el("button", { type: "button", class: "secondary", onclick: () => dialog.close() }, "Close"));
  dialog.showModal();
}

async function asking(what) {
  notice("");
  said(await connection.ask(what));
}

function said(answer) {
  if (answer.error) notice(answer.error);
  else if (answer.form) openForm(answer.form, connection, said);
  else notice("");
}

// Where the focus goes back to a text field, Chromium takes no keys there until it is focused anew.
for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("close", () => {
    const before = document.activeElement;
    before?.blur();
    before?.focus();
  });
}

function notice(words) {
  byId("notice").textContent = words;
}
