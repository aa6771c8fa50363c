// Everything that comes from the record becomes a text node, never markup. What cannot be seen, or would turn the
// direction of writing, is spelled and marked.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\u{d800}-\u{dfff}\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

function spelled(character) {
  const code = character.codePointAt(0);
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

function textInto(parent, text) {
  let at = 0;
  for (const match of text.matchAll(UNSEEN)) {
    if (match.index > at) parent.append(text.slice(at, match.index));
    const mark = document.createElement("span");
    mark.className = "unseen";
    mark.textContent = spelled(match[0]);
    parent.append(mark);
    at = match.index + match[0].length;
  }
  if (at < text.length) parent.append(at ? text.slice(at) : text);
  return parent;
}

// make("p", "where", "text", child, …): an element of a class with texts and elements inside.
function make(name, className, ...inner) {
  const element = document.createElement(name);
  if (className) element.className = className;
  for (const one of inner) {
    if (one === null || one === undefined || one === "") continue;
    if (one instanceof Node) element.append(one);
    else textInto(element, String(one));
  }
  return element;
}

function sign(character) {
  const mark = make("span", "mark", character);
  mark.setAttribute("aria-hidden", "true");
  return mark;
}

function badge(outcome) {
  const className = outcome.replace(" ", "-");
  const mark = make("span", "", signs[outcome] ?? "");
  mark.setAttribute("aria-hidden", "true");
  return make("span", `badge ${className}`, mark, " ", outcome);
}

const signs = data("signs-data");

function number(value) {
  return value.toLocaleString("en");
}

function counted(value, one, many) {
  return `${number(value)} ${value === 1 ? one : many ?? `${one}s`}`;
}

function seconds(value) {
  if (value === null || value === undefined) return "";
  if (value < 1) return `${Math.round(value * 1000)} ms`;
  if (value < 60) return `${value.toFixed(1)} s`;
  const [minutes, rest] = [Math.floor(Math.round(value) / 60), Math.round(value) % 60];
  return minutes < 60 ? `${minutes} min ${rest} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// Data that lie in the page compressed: base64 of deflated JSON.
async function unpacked(element) {
  const coded = JSON.parse(element.textContent);
  const bytes = Uint8Array.from(atob(coded), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function data(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
