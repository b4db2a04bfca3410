// Messages in order, grouped by author, with a line between days; elements of unchanged messages are reused.

import { byId, el } from "./dom.js";
import { Flag, Kind } from "./kinds.js";
import { messageElement } from "./message.js";
import { toMessage } from "./scrolling.js";
import { dayOf, isSameDay } from "./times.js";

const GROUP_MILLISECONDS = 7 * 60_000;
const SIGNATURES = /[?]ex=[^"]*/g; // of links, which change every second

let wanted = ""; // the hash of a message in a channel that is being opened
const shown = new Map(); // elements and what they show, by key
const dismissed = new Set();

export function showMessages(view, acts) {
  const colors = Object.fromEntries(view.members.map(({ id, color }) => [id, color]));
  const around = view.me + JSON.stringify([view.names, colors]);
  const messages = view.messages.filter(({ id }) => !dismissed.has(id));
  const dismiss = (message) => {
    dismissed.add(message.id);
    showMessages(view, acts);
    byId("channel-log").focus();
  };
  const parts = [];
  messages.forEach((message, at) => {
    const before = messages[at - 1];
    const [day, dayBefore] = [message, before].map((each) => each && new Date(each.timestamp));
    if (!before || !isSameDay(day, dayBefore)) parts.push([`day ${dayOf(day)}`, "", () => dayLine(day)]);
    const isGrouped = isContinued(message, before);
    const mark = JSON.stringify(message).replace(SIGNATURES, "") + around + isGrouped;
    parts.push([message.id, mark, () => messageElement(message, { ...view, colors, isGrouped }, { ...acts, dismiss })]);
  });
  place(byId("messages"), parts);
  if (wanted && byId(wanted.slice(1))) {
    toMessage(wanted);
    wanted = "";
  }
}

// Open the channel of a linked message; `open(channel)` shows a channel.
export function followJumps(open) {
  byId("messages").addEventListener("click", (event) => {
    const link = event.target.closest("a[data-channel]");
    if (!link || byId(link.hash.slice(1))) return;
    event.preventDefault();
    wanted = link.hash;
    open(link.dataset.channel);
  });
}

// Put the parts, each a key, a mark of what it shows and a function that makes it, into the list.
function place(list, parts) {
  let before = null;
  for (const [key, mark, make] of parts) {
    let kept = shown.get(key);
    if (kept?.mark !== mark) {
      const made = make();
      kept?.node.replaceWith(made);
      kept = { mark, node: made };
      shown.set(key, kept);
    }
    const here = before ? before.nextSibling : list.firstChild;
    if (kept.node !== here) list.insertBefore(kept.node, here);
    before = kept.node;
  }
  const here = new Set(parts.map(([key]) => key));
  for (const [key, { node }] of shown) {
    if (here.has(key)) continue;
    node.remove();
    shown.delete(key);
  }
}

// Whether a message belongs to the group of the one before.
function isContinued(message, before) {
  if (!before || message.author.id !== before.author.id || message.type !== Kind.DEFAULT) return false;
  const [one, other] = [before, message].map((each) => new Date(each.timestamp));
  const isPrivate = (each) => Boolean(each.flags & Flag.EPHEMERAL);
  return other - one < GROUP_MILLISECONDS && isSameDay(one, other) && isPrivate(message) === isPrivate(before);
}

function dayLine(day) {
  return el("li", { class: "day-line" }, el("span", {}, dayOf(day)));
}
