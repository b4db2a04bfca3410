// Creation of elements; text is never parsed as HTML.

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, String(value));
  }
  made.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return made;
}

export const byId = (id) => document.getElementById(id);

// The same-origin URL of a link to the local CDN (required by the page's CSP); null: an external link.
export function local(link) {
  const url = new URL(link, location.href);
  const isHere = ["127.0.0.1", "localhost"].includes(url.hostname) && url.port === location.port;
  return isHere ? url.pathname + url.search : null;
}
