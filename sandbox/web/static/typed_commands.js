// Slash commands as paths, and commands typed as text.

import { Option } from "./kinds.js";

// Flatten subcommands into paths: `plan post` instead of `plan` with a nested `post`.
export function flat(path, command) {
  const inner = (command.options ?? []).filter((each) => each.type === Option.SUBCOMMAND || each.type === Option.GROUP);
  if (!inner.length) return [{ path, description: command.description, options: command.options ?? [] }];
  return inner.flatMap((each) => flat([...path, each.name], each));
}

// The command with which the text begins.
export function find(commands, text) {
  return commands.find(({ path }) => `${text} `.startsWith(`${path.join(" ")} `));
}

// Parse typed options by name: `from:1 to:2`; null: some words belong to no option.
export function valuesIn(text, options) {
  if (!text.trim()) return new Map();
  const names = options.map(({ name }) => name);
  const [before, ...parts] = text.split(new RegExp(`(?:^|\\s)(${names.join("|")}):`));
  if (before.trim() || !parts.length) return null;
  return new Map(parts.flatMap((part, at) => (at % 2 ? [] : [[part, parts[at + 1].trim()]])));
}
