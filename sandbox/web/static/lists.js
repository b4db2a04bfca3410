// Lists of buttons that are one stop of the Tab key; the arrow keys, Home and End move within.

export function moveByArrows(list) {
  list.addEventListener("keydown", (event) => {
    const items = buttons(list);
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    items[(to + items.length) % items.length].focus();
  });
  list.addEventListener("focusin", (event) => makeStop(list, event.target));
}

// Replace the items, with the focus on the same one. Each button has a `data-key`.
export function fill(list, nodes) {
  const active = list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  list.replaceChildren(...nodes);
  const items = buttons(list);
  const focused = items.find((each) => each.dataset.key === active);
  makeStop(list, focused ?? items.find((each) => each.ariaCurrent) ?? items[0]);
  focused?.focus();
}

function makeStop(list, item) {
  for (const each of list.querySelectorAll("button")) each.tabIndex = each === item ? 0 : -1;
}

function buttons(list) {
  return [...list.querySelectorAll("button")].filter((each) => each.checkVisibility());
}
