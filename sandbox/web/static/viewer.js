// The viewer: one picture of a gallery at its full size, and the others by keys.

import { byId, el, local } from "./dom.js";
import { icon } from "./icons.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

export function openViewer(items, first) {
  const viewer = byId("viewer");
  const here = items.filter(({ url }) => local(url));
  let at = here.indexOf(items[first]);
  const button = (look, words, onclick) =>
    el("button", { type: "button", class: `round ${look}`, "aria-label": words, onclick }, icon(look));
  const image = el("img");
  const caption = el("p", { role: "status" });
  const original = el("a", { target: "_blank", rel: "noopener noreferrer" }, "Open original");
  const show = (step) => {
    at = (at + step + here.length) % here.length;
    const { url, description } = here[at];
    const place = here.length > 1 ? `${at + 1} of ${here.length}` : "";
    image.src = original.href = local(url);
    image.alt = description || "A picture without a description";
    caption.textContent = [place, description].filter(Boolean).join(" \u2022 ");
  };
  const turns = [
    button("left", "Previous picture", () => show(-1)),
    button("right", "Next picture", () => show(1)),
  ].filter(() => here.length > 1);
  const close = button("close", "Close", () => viewer.close());
  viewer.replaceChildren(image, el("div", { class: "caption" }, caption, original), ...turns, close);
  viewer.onkeydown = (event) => here.length > 1 && STEPS[event.key] && show(STEPS[event.key]);
  viewer.onclick = (event) => event.target === viewer && viewer.close();
  show(0);
  viewer.showModal();
  close.focus();
}
