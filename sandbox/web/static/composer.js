// The composer: messages with files, and slash commands with a list of suggestions.

import { byId, el } from "./dom.js";
import { Command, Option } from "./kinds.js";
import { Options } from "./options.js";

const MAX_SUGGESTIONS = 40;

export class Composer {
  constructor(connection, said) {
    this.connection = connection;
    this.said = said;
    this.commands = [];
    this.suggested = [];
    this.active = -1;
    this.files = [];
    this.chosen = null; // the command being filled in, with its options
    this.text = byId("text");
    this.list = byId("suggestions");
    this.text.addEventListener("input", () => this.suggest());
    this.text.addEventListener("keydown", (event) => this.key(event));
    byId("picker").addEventListener("change", (event) => {
      this.add(event.target.files);
      event.target.value = "";
    });
    byId("composer").addEventListener("paste", (event) => this.add(event.clipboardData.files));
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    const main = document.querySelector("main");
    main.addEventListener("dragover", (event) => event.preventDefault());
    main.addEventListener("drop", (event) => {
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
  }

  see(view) {
    this.names = view.names;
    this.commands = view.commands
      .filter((each) => each.kind === Command.SLASH)
      .flatMap((each) => flat([each.name], each));
    this.text.disabled = !view.may_write && !this.commands.length;
  }

  // The list of commands.

  suggest() {
    const typed = this.text.value;
    const words = typed.startsWith("/") && !typed.includes("\n") ? typed.slice(1).trim().toLowerCase() : null;
    const fits = (each) => each.path.join(" ").includes(words) || each.description.toLowerCase().includes(words);
    this.suggested = words === null ? [] : this.commands.filter(fits).slice(0, MAX_SUGGESTIONS);
    const item = (each, index) => {
      const attributes = { role: "option", id: `suggestion-${index}`, onclick: () => this.choose(each) };
      return el("li", attributes, el("strong", {}, `/${each.path.join(" ")}`), ` ${each.description}`);
    };
    this.list.replaceChildren(...this.suggested.map(item));
    this.mark(this.suggested.length ? 0 : -1);
  }

  mark(active) {
    this.active = active;
    this.list.hidden = active < 0;
    this.text.setAttribute("aria-expanded", String(active >= 0));
    for (const [at, item] of [...this.list.children].entries())
      item.setAttribute("aria-selected", String(at === active));
    if (active < 0) {
      this.text.removeAttribute("aria-activedescendant");
      return;
    }
    this.text.setAttribute("aria-activedescendant", `suggestion-${active}`);
    this.list.children[active].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const isOpen = this.active >= 0;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (isOpen && step) this.mark((this.active + step + this.suggested.length) % this.suggested.length);
    else if (isOpen && (event.key === "Enter" || event.key === "Tab")) this.choose(this.suggested[this.active]);
    else if (isOpen && event.key === "Escape") this.mark(-1);
    else if (event.key === "Enter" && !event.shiftKey) this.send();
    else return;
    event.preventDefault();
  }

  // The chosen command.

  choose(command) {
    const complete = (focused) =>
      this.connection.ask({ do: "complete", path: command.path, options: options.given(focused), focused });
    const options = new Options(command, this.names, { complete, chosenFiles: (files) => this.add(files) });
    this.text.value = "";
    this.suggest();
    this.fillIn({ command, options });
  }

  fillIn(chosen) {
    this.chosen = chosen;
    const { command, options } = chosen;
    const cancel = el("button", { type: "button", onclick: () => this.leave() }, "Cancel the command");
    const title = el("p", {}, el("strong", {}, `/${command.path.join(" ")}`), ` ${command.description} `, cancel);
    const panel = byId("command");
    panel.replaceChildren(title, ...options.nodes);
    this.show(true);
    (panel.querySelector("input, select, textarea") ?? byId("composer").querySelector("button[type=submit]")).focus();
  }

  leave() {
    this.close();
    this.text.focus();
  }

  close() {
    this.chosen = null;
    byId("command").replaceChildren();
    this.show(false);
  }

  // Discard the draft.
  reset() {
    this.close();
    this.takeFiles();
    this.text.value = "";
    this.suggest();
  }

  show(isCommand) {
    byId("command").hidden = !isCommand;
    for (const node of [this.text, byId("picker"), byId("pick")]) node.hidden = isCommand;
  }

  // Files.

  add(files) {
    this.files.push(...files);
    this.showFiles();
  }

  showFiles() {
    const item = (file, index) => {
      const leaveOut = () => {
        this.files.splice(index, 1);
        this.showFiles();
      };
      return el(
        "li",
        {},
        file.name,
        el("button", { type: "button", "aria-label": `Leave out ${file.name}`, onclick: leaveOut }, "\u00d7"),
      );
    };
    byId("files").replaceChildren(...this.files.map(item));
  }

  takeFiles() {
    const files = this.files;
    this.files = [];
    this.showFiles();
    return files;
  }

  // Sending. A failed draft is restored with its files, unless another was started meanwhile.

  send() {
    return this.chosen ? this.sendCommand(this.chosen) : this.sendMessage();
  }

  async sendCommand(chosen) {
    const { command, options } = chosen;
    const given = options.given();
    const problem = this.problem(chosen, given);
    if (problem) {
      this.said({ error: problem });
      return;
    }
    const files = this.takeFiles();
    this.leave();
    const answer = await this.connection.askWithFiles(async () => {
      const numbers = await this.connection.upload(files);
      const placed = numbers.map((number, index) => [options.places[index].name, number]);
      return { do: "command", path: command.path, options: { ...given, ...Object.fromEntries(placed) } };
    });
    if (answer.error && !this.chosen && !this.text.value) {
      this.fillIn(chosen);
      this.add(files);
    }
    this.said(answer);
  }

  // The client-side validation error, or nothing.
  problem({ command, options }, given) {
    const missing = options.missing(given, this.files.length);
    const most = options.places.length;
    const wrong = byId("command").querySelector(":invalid");
    if (this.files.length > most) return `/${command.path.join(" ")} takes ${most || "no"} files.`;
    if (missing.length) return `Fill in ${missing.join(", ")}.`;
    return wrong && `${wrong.id.replace("option-", "")}: ${wrong.validationMessage}`;
  }

  // A command typed as text: `plan post text:Long NQ`.
  async sendTyped(text) {
    const command = this.commands.find(({ path }) => `${text} `.startsWith(`${path.join(" ")} `));
    const values = command && valuesIn(text.slice(command.path.join(" ").length), command.options);
    if (!values) {
      this.said({ error: "Choose a command from the list." });
      return;
    }
    this.choose(command);
    const [wrong] = this.chosen.options.fill(values);
    if (wrong) this.said({ error: `Fill in ${wrong}.` });
    else await this.sendCommand(this.chosen);
  }

  async sendMessage() {
    const text = this.text.value;
    if (!text.trim() && !this.files.length) return;
    if (text.startsWith("/")) {
      await this.sendTyped(text.slice(1).trim());
      return;
    }
    this.text.value = "";
    const files = this.takeFiles();
    const answer = await this.connection.askWithFiles(async () => {
      return { do: "send", text, files: await this.connection.upload(files) };
    });
    if (answer.error) {
      this.text.value ||= text;
      this.add(files);
    }
    this.said(answer);
  }
}

// Parse typed options by name: `from:1 to:2`; null: some words belong to no option.
function valuesIn(text, options) {
  if (!text.trim()) return new Map();
  const names = options.map(({ name }) => name);
  const [before, ...parts] = text.split(new RegExp(`(?:^|\\s)(${names.join("|")}):`));
  if (before.trim() || !parts.length) return null;
  return new Map(parts.flatMap((part, at) => (at % 2 ? [] : [[part, parts[at + 1].trim()]])));
}

// Flatten subcommands into paths: `plan post` instead of `plan` with a nested `post`.
function flat(path, command) {
  const inner = (command.options ?? []).filter((each) => each.type === Option.SUBCOMMAND || each.type === Option.GROUP);
  if (!inner.length) return [{ path, description: command.description, options: command.options ?? [] }];
  return inner.flatMap((each) => flat([...path, each.name], each));
}
