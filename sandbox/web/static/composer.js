// The composer: messages with files and slash commands, with a draft for each account and channel.

import { nameWithMark } from "./channels.js";
import { byId, el } from "./dom.js";
import { Files } from "./files.js";
import { Command } from "./kinds.js";
import { Options } from "./options.js";
import { toNewest } from "./scrolling.js";
import { Suggestions } from "./suggestions.js";
import { find, flat, valuesIn } from "./typed_commands.js";

export class Composer {
  // `said(answer)` receives each result.
  constructor(connection, said) {
    this.connection = connection;
    this.said = said;
    this.commands = [];
    this.chosen = null; // the command being filled in, with its options
    this.drafts = new Map(); // text, files and chosen command of other places
    this.place = null;
    this.text = byId("text");
    this.files = new Files();
    this.suggestions = new Suggestions(this.text, (command) => this.choose(command));
    this.text.addEventListener("input", () => this.suggest());
    this.text.addEventListener("keydown", (event) => this.key(event));
    byId("command").addEventListener("keydown", (event) => this.commandKey(event));
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  see(view) {
    this.names = view.names;
    this.commands = view.commands
      .filter((each) => each.kind === Command.SLASH)
      .flatMap((each) => flat([each.name], each).map((one) => ({ ...one, application: each.application })));
    const here = view.channels.find((each) => each.id === view.channel);
    this.text.disabled = !view.may_write && !this.commands.length;
    byId("picker").disabled = !view.may_write;
    this.text.placeholder = view.may_write ? `Message ${here ? nameWithMark(here) : ""}` : "You can’t send messages here.";
    this.goTo(`${view.me}/${view.channel}`);
    const offered = JSON.stringify(this.commands);
    if (offered !== this.offered) this.suggest(); // the text may begin with a command that is new
    this.offered = offered;
  }

  suggest() {
    this.suggestions.update(this.commands, this.names);
  }

  key(event) {
    if (this.suggestions.key(event)) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    this.send();
  }

  // Drafts.

  goTo(place) {
    if (place === this.place) return;
    if (this.place) this.drafts.set(this.place, this.takeDraft());
    this.place = place;
    this.fillIn(this.drafts.get(place) ?? {});
    this.drafts.delete(place);
  }

  takeDraft() {
    const draft = { text: this.text.value, files: this.files.take(), chosen: this.chosen };
    this.close();
    this.text.value = "";
    this.suggest();
    return draft;
  }

  // Restore what could not be sent, unless another draft was started there meanwhile.
  restore(place, draft) {
    if (place !== this.place) this.drafts.set(place, this.drafts.get(place) ?? draft);
    else if (!this.chosen && !this.text.value) this.fillIn(draft);
    else this.files.add(draft.files);
  }

  fillIn({ text = "", files = [], chosen = null }) {
    this.text.value = text;
    this.files.add(files);
    if (chosen) this.show(chosen);
  }

  // The chosen command.

  choose(command) {
    const complete = (focused) =>
      this.connection.ask({ do: "complete", path: command.path, options: options.given(focused), focused });
    const options = new Options(command, this.names, { complete, chosenFiles: (files) => this.files.add(files) });
    this.text.value = "";
    this.suggest();
    this.show({ command, options });
    (byId("command").querySelector("input, select, textarea") ?? byId("send")).focus();
  }

  show(chosen) {
    this.chosen = chosen;
    const { command, options } = chosen;
    const name = `/${command.path.join(" ")}`;
    const about = el("p", { class: "popup about" }, el("strong", {}, name), ` ${command.description}`);
    const cancel = el("button", { type: "button", class: "cancel", onclick: () => this.leave() }, "Cancel");
    byId("command").setAttribute("aria-label", `${name}: ${command.description}`);
    byId("command").replaceChildren(about, el("strong", { class: "command-name" }, name), ...options.nodes, cancel);
    this.showCommand(true);
  }

  commandKey(event) {
    const { key, target, shiftKey, defaultPrevented } = event;
    if (defaultPrevented || target.matches("button, [type=file]")) return;
    const isEmpty = key === "Backspace" && !target.value && target === byId("command").querySelector("input, textarea");
    if (key === "Enter" && !shiftKey) this.send();
    else if (key === "Escape" || isEmpty) this.leave();
    else return;
    event.preventDefault();
  }

  leave() {
    this.close();
    this.text.focus();
  }

  close() {
    this.chosen = null;
    byId("command").replaceChildren();
    this.showCommand(false);
  }

  showCommand(isCommand) {
    byId("command").hidden = !isCommand;
    for (const node of [this.text, byId("picker"), byId("pick")]) node.hidden = isCommand;
  }

  // Sending.

  send() {
    return this.chosen ? this.sendCommand(this.chosen) : this.sendMessage();
  }

  async sendCommand(chosen) {
    const { command, options } = chosen;
    const given = options.given();
    if (options.refuses(given, this.files.length)) return;
    const { place } = this;
    const draft = { ...this.takeDraft(), chosen };
    toNewest();
    this.text.focus();
    const answer = await this.connection.askWithFiles(async () => {
      const numbers = await this.connection.upload(draft.files);
      const placed = numbers.map((number, index) => [options.places[index].name, number]);
      return { do: "command", path: command.path, options: { ...given, ...Object.fromEntries(placed) } };
    });
    if (answer.error) this.restore(place, draft);
    this.said(answer);
  }

  // A command typed as text: `plan post text:Long NQ`.
  async sendTyped(text) {
    const command = find(this.commands, text);
    const values = command && valuesIn(text.slice(command.path.join(" ").length), command.options);
    if (!values) {
      this.said({ error: "Choose a command from the list." });
      return;
    }
    this.choose(command);
    if (!this.chosen.options.fill(values)) await this.sendCommand(this.chosen);
  }

  async sendMessage() {
    const text = this.text.value;
    if (!text.trim() && !this.files.length) return;
    if (text.startsWith("/")) {
      await this.sendTyped(text.slice(1).trim());
      return;
    }
    const { place } = this;
    const draft = this.takeDraft();
    toNewest();
    const answer = await this.connection.askWithFiles(async () => {
      return { do: "send", text, files: await this.connection.upload(draft.files) };
    });
    if (answer.error) this.restore(place, draft);
    this.said(answer);
  }
}
