// Rules of Discord's markdown, from its published parser (simple-markdown) and the reference's page "Message
// Formatting".

// Kinds with their patterns in order of precedence; the last group is the content. Of em, strong and underline the
// longest match wins.
export const RULES = [
  ["spoiler", /\|\|([\s\S]+?)\|\|/],
  ["code_block", /```(?:[A-Za-z0-9_+\-.#]+?\n)?\n*([^\n][\s\S]*?)\n*```/],
  ["long_quote", / *>>> ([\s\S]*)/],
  ["quote", / *> [^\n]*(?:\n *> [^\n]*)*\n?/],
  ["subtext", /-# +(\S[^\n]*)(?:\n|$)/],
  ["heading", /#{1,3} +(\S[^\n]*)(?:\n|$)/],
  ["item", / *(?:[*\-]|[0-9]+\.) +(\S[^\n]*(?:\n(?! *(?:[*\-]|[0-9]+\.) )[^\n]+)*)/],
  ["escape", /\\([^0-9A-Za-z\s])/],
  ["link", /<(https?:\/\/[^\s>]+)>/],
  ["link", /https?:\/\/[^\s<]+[^<.,:;\x22'\]\s]/],
  ["masked_link", /\[((?:\[[^\[\]]*\]|[^\[\]])+)\]\(\s*<?https?:\/\/(?:\([^()\s]*\)|[^\s()<>\\])+>?(?:\s+[\x22'][^\x22']*[\x22'])?\s*\)/],
  ["user", /<@!?[0-9]+>/],
  ["role", /<@&[0-9]+>/],
  ["channel", /<#[0-9]+>/],
  ["command", /<\/[^:<>\n]+:[0-9]+>/],
  ["emoji", /<a?:[A-Za-z0-9_]+:[0-9]+>/],
  ["time", /<t:-?[0-9]{1,17}(?::[tTdDfFR])?>/],
  ["navigation", /<id:[a-z\-]+(?::[0-9]+)?>/],
  ["everyone", /@(?:everyone|here)/],
  ["em", /_((?:__|\\[\s\S]|[^\\_])+?)_(?![A-Za-z0-9_])/],
  ["em", /\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/],
  ["strong", /\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/],
  ["underline", /__((?:\\[\s\S]|[^\\])+?)__(?!_)/],
  ["strike", /~~([\s\S]+?)~~(?!_)/],
  ["code", /(`+)([\s\S]*?[^`])\1(?!`)/],
];

const LINE_KINDS = new Set(["long_quote", "quote", "subtext", "heading", "item"]);
const QUOTES = new Set(["long_quote", "quote"]);
const NO_LINE_OF_THEIR_OWN = new Set(["subtext", "heading", "item"]);
const LONGEST_MATCH_WINS = new Set(["em", "strong", "underline"]);
const LITERAL = new Set(["code_block", "code"]);
const HAVE_CONTENT = new Set([...LINE_KINDS, ...LONGEST_MATCH_WINS, ...LITERAL, "spoiler", "masked_link", "strike"]);
const CANDIDATE = /[\\|`<[@*_~]|https?:|(?<=\n)[ >#*\-0-9]/g; // where a rule may match
const DEPTH = 20; // of nested marks; deeper ones stay as text
const STICKY = RULES.map(([kind, rule]) => [kind, new RegExp(rule.source, "dyu")]);

// Parse to nodes in order: plain text, links and mentions have a text; marks have an opening, a closing and nodes.
export function read(source, kinds = [], beginsLine = true) {
  const made = [];
  let done = 0;
  for (let at = 0; at < source.length;) {
    const isFirst = at ? source[at - 1] === "\n" : beginsLine;
    const found = match(source, at, kinds, isFirst);
    if (!found) {
      CANDIDATE.lastIndex = at + 1;
      at = CANDIDATE.exec(source)?.index ?? source.length;
      continue;
    }
    if (done < at) made.push({ kind: "text", text: source.slice(done, at) });
    made.push(node(found, source, kinds, isFirst));
    done = at = found.end;
  }
  if (done < source.length) made.push({ kind: "text", text: source.slice(done) });
  return made;
}

function match(source, at, kinds, beginsLine) {
  const isQuoted = kinds.some((kind) => QUOTES.has(kind));
  let best = null;
  for (const [kind, rule] of STICKY) {
    if (best && !LONGEST_MATCH_WINS.has(kind)) break;
    if (LINE_KINDS.has(kind) && (!beginsLine || (isQuoted && QUOTES.has(kind)))) continue;
    if (HAVE_CONTENT.has(kind) && kinds.length >= DEPTH) continue;
    rule.lastIndex = at;
    const groups = rule.exec(source);
    if (!groups || (best && rule.lastIndex <= best.end)) continue;
    const [from, to] = groups.indices.at(-1);
    best = { kind, start: at, end: rule.lastIndex, from, to };
  }
  return best?.kind === "link" ? withoutBrackets(source, best) : best;
}

// Exclude an unbalanced closing bracket after a URL.
function withoutBrackets(source, link) {
  const count = (sign, end) => source.slice(link.start, end).split(sign).length;
  let end = link.end;
  while (source[end - 1] === ")" && count(")", end) > count("(", end)) end -= 1;
  return { ...link, end, to: link.to - (link.end - end) };
}

function node({ kind, start, end, from, to }, source, kinds, beginsLine) {
  const content = source.slice(from, to);
  if (!HAVE_CONTENT.has(kind)) return { kind, text: content };
  const marks = { kind, opening: source.slice(start, from), closing: source.slice(to, end) };
  const within = [...kinds, kind];
  if (LITERAL.has(kind)) return { ...marks, nodes: [{ kind: "text", text: content }] };
  if (kind === "quote") return { ...marks, nodes: read(content.replace(/^ *> /gm, ""), within) };
  return { ...marks, nodes: read(content, within, beginsLine && !NO_LINE_OF_THEIR_OWN.has(kind)) };
}
