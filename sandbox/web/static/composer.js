// Writing: messages with files, and commands with their options.

import { byId, el } from "./dom.js";

const SUBCOMMAND = 1, GROUP = 2, STRING = 3, INTEGER = 4, BOOLEAN = 5, USER = 6, CHANNEL = 7, ROLE = 8, NUMBER = 10, ATTACHMENT = 11;

export class Composer {
  constructor(connection, said) {
    this.connection = connection;
    this.said = said;
    this.commands = [];
    this.files = [];
    this.chosen = null;
    this.active = -1;
    this.text = byId("text");
    this.list = byId("suggestions");
    this.text.addEventListener("input", () => this.suggest());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("paste", (event) => this.add(event.clipboardData.files));
    byId("picker").addEventListener("change", (event) => {
      this.add(event.target.files);
      event.target.value = "";
    });
    const main = document.querySelector("main");
    main.addEventListener("dragover", (event) => event.preventDefault());
    main.addEventListener("drop", (event) => {
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  see(view) {
    this.names = view.names;
    const slash = view.commands.filter((each) => each.kind === 1);
    const mark = JSON.stringify(slash);
    if (mark !== this.mark) {
      this.mark = mark;
      this.commands = slash.flatMap((each) => flat([each.name], each));
    }
    this.text.disabled = !view.may_write && !slash.length;
  }

  suggest() {
    const typed = this.text.value;
    const words = typed.startsWith("/") && !typed.includes("\n") ? typed.slice(1).trim().toLowerCase() : null;
    const found = words === null ? [] : this.commands.filter((each) => each.path.join(" ").includes(words) || each.description.toLowerCase().includes(words));
    this.found = found.slice(0, 40);
    this.active = this.found.length ? 0 : -1;
    this.list.replaceChildren(...this.found.map((each, index) => el("li", { role: "option", id: `suggestion-${index}`,
      onclick: () => this.choose(each) }, el("strong", {}, `/${each.path.join(" ")}`), ` ${each.description}`)));
    this.mark_active();
  }

  mark_active() {
    const open = this.active >= 0;
    this.list.hidden = !open;
    this.text.setAttribute("aria-expanded", String(open));
    for (const [index, item] of [...this.list.children].entries()) item.setAttribute("aria-selected", String(index === this.active));
    if (open) {
      this.text.setAttribute("aria-activedescendant", `suggestion-${this.active}`);
      this.list.children[this.active].scrollIntoView({ block: "nearest" });
    } else {
      this.text.removeAttribute("aria-activedescendant");
    }
  }

  key(event) {
    if (this.active >= 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.active = (this.active + step + this.found.length) % this.found.length;
      this.mark_active();
    } else if (this.active >= 0 && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      this.choose(this.found[this.active]);
    } else if (event.key === "Escape" && this.active >= 0) {
      this.active = -1;
      this.mark_active();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  choose(command) {
    this.chosen = command;
    this.text.value = "";
    this.suggest();
    this.values = new Map();
    const panel = byId("command");
    const attachments = command.options.filter((each) => each.type === ATTACHMENT);
    const others = command.options.filter((each) => each.type !== ATTACHMENT);
    panel.replaceChildren(
      el("p", {}, el("strong", {}, `/${command.path.join(" ")}`), ` ${command.description} `,
        el("button", { type: "button", onclick: () => this.leave() }, "Cancel the command")),
      ...others.map((each) => this.field(each)),
      attachments.length ? this.attachments(attachments) : "",
    );
    panel.hidden = false;
    this.offer_files(false);
    this.text.hidden = true;
    (panel.querySelector("input, select, textarea") ?? byId("composer").querySelector("button[type=submit]")).focus();
  }

  leave() {
    this.chosen = null;
    byId("command").hidden = true;
    byId("command").replaceChildren();
    this.offer_files(true);
    this.text.hidden = false;
    this.text.focus();
  }

  offer_files(offered) {
    byId("picker").hidden = !offered;
    byId("line").querySelector("label.button").hidden = !offered;
  }

  field(option) {
    const id = `option-${option.name}`;
    const input = this.input(option, id);
    const list = el("ul", { role: "listbox", class: "choices", id: `${id}-choices`, "aria-label": `Choices for ${option.name}`, hidden: true });
    if (option.autocomplete) this.completing(option, input, list);
    return el("div", { class: "field" },
      el("label", { for: id }, option.name, option.required ? el("span", { class: "required" }, " required") : null),
      input, el("p", { class: "small", id: `${id}-help` }, option.description), list);
  }

  input(option, id) {
    const common = { id, name: option.name, "aria-describedby": `${id}-help`, required: Boolean(option.required) };
    const pick = (pairs) => el("select", common, el("option", { value: "" }, ""), pairs.map(([value, name]) => el("option", { value }, name)));
    if (option.choices?.length) return pick(option.choices.map((each) => [each.value, each.name]));
    switch (option.type) {
      case BOOLEAN: return pick([["true", "yes"], ["false", "no"]]);
      case USER: return pick(this.names.members.map((each) => [each, this.names.users[each]]));
      case ROLE: return pick(Object.entries(this.names.roles));
      case CHANNEL: return pick(Object.entries(this.names.channels));
      case INTEGER: case NUMBER: return el("input", { ...common, type: "number", step: option.type === INTEGER ? 1 : "any", min: option.min_value, max: option.max_value });
      default: {
        const long = (option.max_length ?? 6000) > 200 && !option.autocomplete;
        const made = el(long ? "textarea" : "input", { ...common, maxlength: option.max_length, rows: long ? 3 : null, type: long ? null : "text" });
        return made;
      }
    }
  }

  completing(option, input, list) {
    let timer;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("autocomplete", "off");
    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    };
    const ask = async () => {
      const command = this.chosen;
      const answer = await this.connection.ask({ do: "complete", path: command.path, options: this.given(option.name), focused: option.name });
      if (this.chosen !== command || document.activeElement !== input || !answer.choices) return;
      list.replaceChildren(...answer.choices.map((each) => el("li", { role: "option", "aria-selected": "false", tabindex: "-1", onmousedown: (event) => event.preventDefault(),
        onclick: () => {
          input.value = each.name;
          this.values.set(option.name, { shown: each.name, value: each.value });
          close();
        } }, each.name)));
      list.hidden = !answer.choices.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 150);
    };
    input.addEventListener("input", later);
    input.addEventListener("focus", later);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      const items = [...list.children];
      const at = items.findIndex((each) => each.getAttribute("aria-selected") === "true");
      if (list.hidden || !items.length) return;
      if (event.key === "Escape") close();
      else if (event.key === "Enter" && at >= 0) {
        event.preventDefault();
        items[at].click();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const next = (at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
        items.forEach((each, index) => each.setAttribute("aria-selected", String(index === next)));
        items[next].id = `${list.id}-${next}`;
        input.setAttribute("aria-activedescendant", items[next].id);
        items[next].scrollIntoView({ block: "nearest" });
      }
    });
  }

  attachments(options) {
    const input = el("input", { type: "file", id: "option-files", multiple: options.length > 1, required: options.some((each) => each.required) });
    input.addEventListener("change", () => this.add(input.files));
    return el("div", { class: "field" }, el("label", { for: "option-files" }, `${options[0].name}${options.length > 1 ? ` to ${options.at(-1).name}` : ""}`), input,
      el("p", { class: "small" }, `${options[0].description} Choose, drop or paste up to ${options.length}.`));
  }

  given(focused) {
    const given = {};
    for (const option of this.chosen.options) {
      const input = byId(`option-${option.name}`);
      if (!input || option.type === ATTACHMENT) continue;
      const picked = this.values.get(option.name);
      const raw = picked && picked.shown === input.value ? picked.value : input.value;
      if (raw === "" && option.name !== focused) continue;
      given[option.name] = option.type === BOOLEAN ? raw === "true" : [INTEGER, NUMBER].includes(option.type) && raw !== "" ? Number(raw) : raw;
    }
    return given;
  }

  add(files) {
    this.files.push(...files);
    this.show_files();
  }

  show_files() {
    byId("files").replaceChildren(...this.files.map((file, index) => el("li", {}, file.name,
      el("button", { type: "button", "aria-label": `Leave out ${file.name}`, onclick: () => {
        this.files.splice(index, 1);
        this.show_files();
      } }, "\u00d7"))));
  }

  async send() {
    const files = this.files;
    let answer;
    if (this.chosen) {
      const command = this.chosen;
      const options = this.given();
      const places = command.options.filter((each) => each.type === ATTACHMENT);
      if (files.length > places.length) {
        this.said({ error: `/${command.path.join(" ")} takes ${places.length} files at most.` });
        return;
      }
      const missing = command.options.filter((each) => each.required && !(each.name in options) && !(each.type === ATTACHMENT && files.length));
      if (missing.length) {
        this.said({ error: `Fill in ${missing.map((each) => each.name).join(", ")}.` });
        return;
      }
      for (const [index, file] of files.entries()) options[places[index].name] = await this.connection.upload(file);
      this.done();
      this.leave();
      answer = await this.connection.ask({ do: "command", path: command.path, options });
    } else {
      const text = this.text.value;
      if (!text.trim() && !files.length) return;
      if (text.startsWith("/")) {
        this.said({ error: "Choose a command from the list." });
        return;
      }
      const uploads = [];
      for (const file of files) uploads.push(await this.connection.upload(file));
      this.text.value = "";
      this.done();
      answer = await this.connection.ask({ do: "send", text, files: uploads });
      if (answer.error) this.text.value ||= text;
    }
    this.said(answer);
  }

  done() {
    this.files = [];
    this.show_files();
  }
}

function flat(path, command) {
  const inner = (command.options ?? []).filter((each) => each.type === SUBCOMMAND || each.type === GROUP);
  if (!inner.length) return [{ path, description: command.description, options: command.options ?? [] }];
  return inner.flatMap((each) => flat([...path, each.name], each));
}
