// Icons drawn as paths in a box of 24 by 24.

const PATHS = {
  apps: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM16 13h1v3h3v1h-3v3h-1v-3h-3v-1h3z",
  eye: "M12 5c5 0 9 4.5 10 7-1 2.5-5 7-10 7S3 14.5 2 12c1-2.5 5-7 10-7zm0 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8zm0 2a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
  external: "M5 5h6v2H7v10h10v-4h2v6H5zM13 4h7v7h-2V7.4l-6.3 6.3-1.4-1.4L16.6 6H13z",
  download: "M11 3h2v9.2l3.3-3.3 1.4 1.4L12 16l-5.7-5.7 1.4-1.4 3.3 3.3zM4 15h2v4h12v-4h2v6H4z",
  upload: "M12 3l5.7 5.7-1.4 1.4L13 6.8V16h-2V6.8L7.7 10.1 6.3 8.7zM4 15h2v4h12v-4h2v6H4z",
  file: "M6 2h8l5 5v15H6zm7 1.5V8h4.5zM9 12v1.5h7V12zm0 3.5V17h7v-1.5z",
  archive: "M6 2h8l5 5v15H6zm3 2v2h2v2H9v2h2v2H9v2h2v4h2v-4h-2v-2h2v-2h-2V8h2V6h-2V4z",
  sheet: "M6 2h8l5 5v15H6zm2.5 9v2.5H12V11zm4.5 0v2.5h3.5V11zm-4.5 3.5V17H12v-2.5zm4.5 0V17h3.5v-2.5z",
  code: "M6 2h8l5 5v15H6zm4.3 9L7.5 14l2.8 3 1-.9-2-2.1 2-2.1zm4.4 0-1 .9 2 2.1-2 2.1 1 .9 2.8-3z",
  picture: "M3 4h18v16H3zm2 2v9.6l4-4 5 5 2-2 3 3V6zm10.5 1.5a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z",
  hash: "M9 4h2l-.6 4h4L15 4h2l-.6 4H20v2h-3.9l-.6 4H19v2h-3.8l-.7 4h-2l.7-4h-4l-.7 4h-2l.7-4H4v-2h3.5l.6-4H5V8h3.4zm1.1 6-.6 4h4l.6-4z",
  left: "M15 4.5 7.5 12l7.5 7.5 1.5-1.5-6-6 6-6z",
  right: "M9 4.5 16.5 12 9 19.5 7.5 18l6-6-6-6z",
  close: "M5.5 4 12 10.5 18.5 4 20 5.5 13.5 12l6.5 6.5-1.5 1.5-6.5-6.5L5.5 20 4 18.5l6.5-6.5L4 5.5z",
  menu: "M3 6h18v2H3zM3 11h18v2H3zM3 16h18v2H3z",
  members: "M9 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zm-7 16c0-4 3-6.5 7-6.5s7 2.5 7 6.5zm14-9.2a3.5 3.5 0 0 0 0-6.6 6 6 0 0 1 0 6.6zm2 9.2h4c0-3.2-2-5.4-4.8-6 .6 1.4.8 3.400.8 6z",
  inspector: "M2 11h4l3-8 5.500 14 3-6H22v2h-3.300l-4.400 9L9 8.600 7.400 13H2z",
  theme: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zm0 2v14a7 7 0 0 0 0-14z",
  send: "M3 4l18 8-18 8 3-7 8-1-8-1z",
  direct: "M4 4h16v12H9l-5 4z",
  forum: "M3 4h13v8H8l-3 3v-3H3zm15 4h3v9h-2v3l-3-3H9v-2h9z",
  thread: "M6 3h2v9h10l-3.500-3.500 1.400-1.400L22 13l-6.100 5.900-1.400-1.400L18 14H6z",
  fold: "M5.500 8 12 14.500 18.500 8 20 9.500l-8 8-8-8z",
};
const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const made = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const attributes = { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", "fill-rule": "evenodd" };
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  path.setAttribute("d", PATHS[name]);
  made.append(path);
  return made;
}
