// The toast above everything, also above an open form: an error or notice, shown for a while.

import { byId } from "./dom.js";

const SHOWN_MILLISECONDS = 15000;
let timer;

// `isLasting`: until the next one.
export function toast(words, isLasting = false) {
  clearTimeout(timer);
  const notice = byId("notice");
  notice.textContent = words;
  notice.hidePopover();
  if (words) notice.showPopover();
  if (words && !isLasting) timer = setTimeout(() => toast(""), SHOWN_MILLISECONDS);
}
