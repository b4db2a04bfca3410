// The toast above the composer: an error or notice, shown for a while.

import { byId } from "./dom.js";

const SHOWN_MILLISECONDS = 15000;
let timer;

// `isLasting`: until the next one.
export function toast(words, isLasting = false) {
  clearTimeout(timer);
  byId("notice").textContent = words;
  if (words && !isLasting) timer = setTimeout(() => toast(""), SHOWN_MILLISECONDS);
}
