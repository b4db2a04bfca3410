// Times as Discord writes them; relative ones move.

import { el } from "./dom.js";

const TICK_MILLISECONDS = 1000;
const DAY_MILLISECONDS = 86_400_000;
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const format = (options) => (date) => new Intl.DateTimeFormat(undefined, options).format(date);
const clock = format({ timeStyle: "short" });
const dayAndClock = format({ dateStyle: "short", timeStyle: "short" });
const full = format({ dateStyle: "full", timeStyle: "long" });
const STYLES = {
  t: clock,
  T: format({ timeStyle: "medium" }),
  d: format({ dateStyle: "short" }),
  D: format({ dateStyle: "long" }),
  f: format({ dateStyle: "long", timeStyle: "short" }),
  F: format({ dateStyle: "full", timeStyle: "short" }),
  R: ago,
  stamp,
  edited: () => "(edited)",
};
const MOVING = ["R", "stamp"];

// A moving time is no live region of its own: a screen reader must not read it each second.
export function time(date, style, attributes = {}) {
  const common = { datetime: date.toISOString(), title: full(date), "aria-live": MOVING.includes(style) ? "off" : null };
  return el("time", { ...common, ...attributes, "data-style": style }, STYLES[style](date));
}

export const isSameDay = (one, other) => one.toDateString() === other.toDateString();
export const dayOf = STYLES.D;

// The time of a message: of today, of yesterday, or with its date.
function stamp(date) {
  const now = new Date();
  if (isSameDay(date, now)) return clock(date);
  if (isSameDay(date, new Date(now - DAY_MILLISECONDS))) return `Yesterday at ${clock(date)}`;
  return dayAndClock(date);
}

function ago(date) {
  const span = (date - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, each]) => Math.abs(span) >= each) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.round(span / size), unit);
}

function move() {
  for (const style of MOVING) {
    for (const node of document.querySelectorAll(`time[data-style="${style}"]`)) {
      const words = STYLES[style](new Date(node.dateTime));
      if (node.textContent !== words) node.textContent = words;
    }
  }
}

setInterval(move, TICK_MILLISECONDS);
