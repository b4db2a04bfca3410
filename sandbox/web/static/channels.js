// The server rail, the channel list and the header of the channel.

import { byId, el } from "./dom.js";
import { icon } from "./icons.js";
import { Channel } from "./kinds.js";
import { fill, moveByArrows } from "./lists.js";

const HOME = "home";
const MAX_MESSAGES = 100; // of a view
const ICONS = {
  [Channel.DIRECT]: "direct",
  [Channel.FORUM]: "forum",
  [Channel.PUBLIC_THREAD]: "thread",
  [Channel.PRIVATE_THREAD]: "thread",
};
const THREADS = [Channel.PUBLIC_THREAD, Channel.PRIVATE_THREAD];

export class Channels {
  // `open({ server } or { channel })` goes there.
  constructor(open) {
    this.open = open;
    this.folded = new Set(); // ids of categories
    for (const id of ["servers", "channels"]) moveByArrows(byId(id));
  }

  see(view) {
    const { servers, server, channels, channel } = view;
    const isWhole = view.messages.length < MAX_MESSAGES;
    const mark = JSON.stringify([servers, server, channels, channel, view.me, isWhole]);
    if (this.mark === mark) return;
    this.mark = mark;
    const here = channels.find((each) => each.id === channel);
    byId("guild").textContent = servers.find((each) => each.id === server)?.name ?? "No server";
    byId("channel-name").textContent = here?.name ?? "No channel";
    byId("channel-icon").replaceChildren(icon(iconOf(here)));
    byId("topic").textContent = here?.topic ?? "";
    byId("topic").hidden = !here?.topic;
    fill(byId("servers"), servers.map((each) => this.server(each, server)));
    byId("welcome").replaceChildren(...welcome(here, isWhole));
    this.list(channels, channel);
    this.posts(channels, here);
  }

  server({ id, name, unread, mentions }, current) {
    const attributes = {
      ...buttonOf(id, id === current, () => this.open({ server: id })),
      "aria-label": name + news(unread, mentions),
      title: name,
    };
    const face = id === HOME ? icon("direct") : initials(name);
    return el("li", { class: unread ? "unread" : "" }, el("button", attributes, face, badge(mentions)));
  }

  list(channels, current) {
    const nodes = [];
    let group = null; // the list of the category that the next channels belong to
    let isFolded = false;
    for (const each of channels) {
      if (each.kind === Channel.CATEGORY) {
        isFolded = this.folded.has(each.id);
        group = el("ul", {});
        nodes.push(el("li", { class: "category" }, this.category(each, isFolded, channels, current), group));
      } else if (!isFolded || each.id === current || each.unread) {
        const made = this.channel(each, current);
        if (group) group.append(made);
        else nodes.push(made);
      }
    }
    fill(byId("channels"), nodes);
  }

  category({ id, name }, isFolded, channels, current) {
    const fold = () => {
      if (!this.folded.delete(id)) this.folded.add(id);
      this.list(channels, current);
    };
    return el("button", { ...buttonOf(id, false, fold), "aria-expanded": String(!isFolded) }, icon("fold"), name);
  }

  channel(each, current) {
    const { id, name, kind, unread, mentions } = each;
    const look = [THREADS.includes(kind) && "thread", unread && "unread"].filter(Boolean).join(" ");
    if (kind === Channel.VOICE) return el("li", { class: "voice" }, icon("members"), name);
    const attributes = buttonOf(id, id === current, () => this.open({ channel: id }));
    const hidden = unread && el("span", { class: "hidden" }, news(unread, mentions));
    return el("li", { class: look }, el("button", attributes, icon(iconOf(each)), el("span", {}, name), hidden, badge(mentions)));
  }

  // The posts of a forum, in the place of messages.
  posts(channels, here) {
    const isForum = here?.kind === Channel.FORUM;
    const list = byId("posts");
    list.hidden = !isForum;
    byId("channel-log").hidden = isForum;
    const posts = isForum ? channels.filter((each) => each.parent === here.id) : [];
    list.replaceChildren(...posts.map((each) => this.channel(each, null)));
  }
}

function buttonOf(key, isCurrent, onclick) {
  return { type: "button", "data-key": key, "aria-current": isCurrent ? "true" : null, onclick };
}

// The beginning of a channel, above its first message.
function welcome(channel, isWhole) {
  if (!channel) return [];
  if (!isWhole) return [el("p", { class: "small" }, `The newest ${MAX_MESSAGES} messages are shown.`)];
  const name = nameWithMark(channel);
  const words = channel.kind === Channel.DIRECT ? "your direct messages with" : "the channel";
  return [
    icon(iconOf(channel)),
    el("h3", {}, `Welcome to ${name}!`),
    el("p", { class: "small" }, `This is the start of ${words} ${name}.`),
  ];
}

// The name with the mark of its kind: `#plans`, `@Coachbook`.
export function nameWithMark({ kind, name }) {
  return `${kind === Channel.DIRECT ? "@" : "#"}${name}`;
}

const iconOf = (channel) => ICONS[channel?.kind] ?? "hash";

function badge(mentions) {
  return mentions > 0 && el("span", { class: "badge", "aria-hidden": "true" }, mentions);
}

function news(unread, mentions) {
  if (mentions) return `, ${mentions} unread ${mentions === 1 ? "mention" : "mentions"}`;
  return unread ? ", unread" : "";
}

function initials(name) {
  return name.trim().split(/\s+/).slice(0, 3).map((word) => [...word][0]).join("");
}
