// The page: its user, channel and actions.

import { Connection } from "./api.js";
import { Composer } from "./composer.js";
import { byId, el } from "./dom.js";
import { openForm } from "./forms.js";
import { Inspector } from "./inspector.js";
import { Command, Flag } from "./kinds.js";
import { showMessages, followTheNewest } from "./messages.js";

const connection = new Connection(heard);
const composer = new Composer(connection, said);
const inspector = new Inspector(connection);
let view = null;
const me = { person: null, name: null, channel: null };

followTheNewest();

function heard(what) {
  if (what.people) greet(what);
  if (what.view) see(what.view);
  if (what.inspector) inspector.add(what.inspector);
  if (what.gone) notice(what.gone);
}

function greet({ people, faults, can_reload }) {
  // After a restart the same user may have another id.
  const same = people.find(({ id }) => id === me.person) ?? people.find(({ name }) => name === me.name) ?? people[0];
  Object.assign(me, { person: same.id, name: same.name });
  byId("people").replaceChildren(el("legend", {}, "You are"), ...people.map(personChoice));
  inspector.offer(faults, can_reload);
  look({});
}

function personChoice({ id, name, note }) {
  const onchange = () => be({ person: id, name });
  const input = el("input", { type: "radio", name: "person", value: id, checked: id === me.person, onchange });
  return el("label", {}, input, ` ${name} `, el("span", { class: "small" }, note));
}

function be(person) {
  composer.reset(); // the draft belongs to another user
  return look(person);
}

function look(wanted) {
  Object.assign(me, wanted);
  notice("");
  return connection.ask({ do: "look", person: me.person, channel: me.channel });
}

function see(seen) {
  view = seen;
  me.channel = seen.channel;
  const here = seen.channels.find((each) => each.id === seen.channel);
  byId("guild").textContent = seen.guild;
  byId("channel-name").textContent = here ? titleOf(here) : "Channel";
  showChannels(seen);
  composer.see(seen);
  showMessages(seen, acts);
}

function showChannels({ channels, channel }) {
  const list = byId("channels");
  const mark = JSON.stringify([channels, channel]);
  if (list.dataset.mark === mark) return; // preserves the focus
  list.dataset.mark = mark;
  const item = (each) => {
    const current = each.id === channel ? "true" : null;
    const onclick = () => look({ channel: each.id });
    return el("li", {}, el("button", { type: "button", "aria-current": current, onclick }, titleOf(each)));
  };
  list.replaceChildren(...channels.map(item));
}

function titleOf(channel) {
  return (channel.is_direct ? "@ " : "# ") + channel.name;
}

const acts = {
  press: (message, customId) => asking({ do: "press", message: message.id, custom_id: customId }),
  select: (message, customId, values) => asking({ do: "select", message: message.id, custom_id: customId, values }),
  messageMenu(message) {
    const items = appsOf(Command.MESSAGE, { do: "message_action", message: message.id });
    const deleting = ["Delete message", () => asking({ do: "delete", message: message.id })];
    menu("Apps for this message", message.flags & Flag.EPHEMERAL ? items : [...items, deleting]);
  },
  userMenu: (user, name) => menu(`Apps for ${name}`, appsOf(Command.USER, { do: "user_action", user })),
};

function appsOf(kind, act) {
  const offered = view.commands.filter((each) => each.kind === kind);
  return offered.map(({ name }) => [name, () => asking({ ...act, name })]);
}

function menu(title, items) {
  const dialog = byId("menu");
  const button = (words, act) => {
    const onclick = () => {
      dialog.close();
      act?.();
    };
    return el("button", { type: "button", onclick }, words);
  };
  const choices = items.map(([name, act]) => button(name, act));
  dialog.replaceChildren(el("h2", { id: "menu-title" }, title), ...choices, button("Close"));
  dialog.showModal();
}

async function asking(what) {
  notice("");
  said(await connection.ask(what));
}

function said(answer) {
  if (answer.error) notice(answer.error);
  else if (answer.form) openForm(answer.form, { connection, names: view.names, said });
  else notice("");
}

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("close", () => {
    if (!dialog.open) dialog.replaceChildren(); // it may have been reopened with other content
    // When the focus returns to a text field, Chromium ignores keys there until it is focused again.
    const before = document.activeElement;
    before?.blur();
    before?.focus();
  });
}

function notice(words) {
  byId("notice").textContent = words;
}
