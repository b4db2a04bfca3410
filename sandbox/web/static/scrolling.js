// The place in the messages: a view at the newest one stays there, and a bar leads back to it.

import { byId } from "./dom.js";

const AT_END_PIXELS = 80;
let isFollowing = true;

// A view scrolled to the newest message stays there as messages arrive and pictures load.
export function followTheNewest() {
  const box = byId("channel-log");
  let before = 0;
  box.addEventListener("scroll", () => {
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < AT_END_PIXELS;
    if (isAtEnd || box.scrollTop < before) follow(isAtEnd);
    before = box.scrollTop;
  });
  byId("to-newest").addEventListener("click", () => {
    toNewest();
    box.focus();
  });
  const resized = new ResizeObserver(() => {
    if (isFollowing) box.scrollTop = box.scrollHeight;
  });
  for (const each of [box, byId("messages")]) resized.observe(each);
}

// Go to the newest message, and stay there.
export function toNewest() {
  follow(true);
  byId("channel-log").scrollTop = byId("channel-log").scrollHeight;
}

// Go to a message by its link.
export function toMessage(hash) {
  follow(false);
  location.hash = hash;
}

function follow(isOn) {
  isFollowing = isOn;
  byId("to-newest").hidden = isOn;
}
