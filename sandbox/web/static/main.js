// The page: its account, place and actions.

import { Accounts } from "./accounts.js";
import { Connection } from "./api.js";
import { Channels } from "./channels.js";
import { Composer } from "./composer.js";
import { byId, el } from "./dom.js";
import { openMembers, openSidebar } from "./drawers.js";
import { openForm } from "./forms.js";
import { icon } from "./icons.js";
import { Inspector } from "./inspector.js";
import { Command, Flag } from "./kinds.js";
import { Members } from "./members.js";
import { followJumps, showMessages } from "./messages.js";
import { followTheNewest, toNewest } from "./scrolling.js";
import { followTheme } from "./theme.js";
import { toast } from "./toasts.js";

const connection = new Connection(heard);
const composer = new Composer(connection, said);
const inspector = new Inspector(connection);
const accounts = new Accounts(({ id, name }) => {
  sidebar.close();
  look({ person: id, name });
});
const members = new Members((user, name) => acts.userMenu(user, name));
const sidebar = openSidebar();
const channels = new Channels((place) => {
  if (place.channel) sidebar.close();
  look(place);
});
let view = null;
const me = { person: null, name: null, channel: null };

for (const each of document.querySelectorAll("[data-icon]")) each.prepend(icon(each.dataset.icon));
openMembers();
followTheme();
followTheNewest();
followJumps((channel) => look({ channel }));

function heard(what) {
  if (what.people) greet(what);
  if (what.view) see(what.view);
  if (what.inspector) inspector.add(what.inspector);
  if (what.pending) inspector.showPending(what.pending);
  if (what.gone) toast(what.gone, true);
}

function greet({ people, faults, can_reload }) {
  // After a restart the same user may have another id.
  const same = people.find(({ id }) => id === me.person) ?? people.find(({ name }) => name === me.name) ?? people[0];
  Object.assign(me, { person: same.id, name: same.name });
  accounts.offer(people);
  inspector.offer(faults, can_reload);
  look({ channel: me.channel });
}

// Go to a server or channel, or be another person.
function look({ server, ...wanted }) {
  Object.assign(me, wanted);
  toast("");
  return connection.ask({ do: "look", person: me.person, channel: me.channel, server });
}

function see(seen) {
  if (view?.channel !== seen.channel) toNewest();
  view = seen;
  me.channel = seen.channel;
  channels.see(seen);
  members.see(seen);
  accounts.see(seen);
  composer.see(seen);
  showMessages(seen, acts);
}

const acts = {
  press: (message, customId) => asking({ do: "press", message: message.id, custom_id: customId }),
  select: (message, customId, values) => asking({ do: "select", message: message.id, custom_id: customId, values }),
  messageMenu(message) {
    const items = appsOf(Command.MESSAGE, { do: "message_action", message: message.id });
    const deleting = ["Delete message", () => asking({ do: "delete", message: message.id })];
    menu("Actions on this message", message.flags & Flag.EPHEMERAL ? items : [...items, deleting]);
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
  toast("");
  said(await connection.ask(what));
}

function said(answer) {
  if (answer.error) toast(answer.error);
  else if (answer.form) openForm(answer.form, { connection, me: me.name, names: view.names, said });
  else toast("");
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
