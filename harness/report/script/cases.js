// The table: of ten thousand rows only those in sight are drawn, all of one height. Filter and order stand in the
// address, so that a view can be sent to somebody else.
const MARGIN = 6;
const HEAD = 40;
const body = document.getElementById("rows");
const table = document.querySelector("#table table");
const query = document.getElementById("query");
const picks = [...document.querySelectorAll(".pick input")];
const sorts = [...document.querySelectorAll("[data-sort]")];
let rows = [];
let AT = {};
let found = [];
let window_ = [0, 0];
let height = 0;
let searched = [];

function texts(n) {
  const names = ["outcome", "title", "case", "mode", "target", "row", "message", "owner"];
  const row = rows[n];
  searched[n] ??= [...names.map((name) => row[AT[name]]), ...row[AT.rules], ...row[AT.tags]].join("\n").toLowerCase();
  return searched[n];
}

texts.ahead = 0; // so many have been made while nobody waited

function filter(state) {
  const asked = parseQuery(state.q);
  const counts = {};
  const top = topOfRows(); // before anything is changed: looking at a place makes the browser lay out the page
  found = [];
  for (let n = 0; n < rows.length; n += 1) {
    if (!asked.test(rows[n], n)) continue;
    const outcome = rows[n][AT.outcome];
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (!state.show.size || state.show.has(outcome)) found.push(n);
  }
  order(state.sort);
  for (const count of document.querySelectorAll("[data-count]")) count.textContent = number(counts[count.dataset.count] ?? 0);
  const some = asked.some || state.show.size > 0;
  document.getElementById("matches").textContent = [
    some ? `${number(found.length)} of ${counted(rows.length, "case")}` : counted(rows.length, "case"),
    ...asked.hints,
  ].join(". ");
  const empty = document.getElementById("empty");
  empty.hidden = found.length > 0;
  empty.textContent = rows.length ? "No case is like that. Take a word or an outcome away." : "No case was planned.";
  table.setAttribute("aria-rowcount", found.length + 1);
  showFiltered(some, state);
  showCounts(some);
  showMeasures(some);
  drawRows(true, top);
}

function order(sort) {
  const name = sort.replace("-", "");
  for (const button of sorts) {
    const on = button.dataset.sort === name;
    const down = sort.startsWith("-");
    button.closest("th").setAttribute("aria-sort", on ? (down ? "descending" : "ascending") : "none");
    button.querySelector(".arrow").textContent = on ? (down ? "↓" : "↑") : "";
  }
  if (!(name in AT)) return;
  const turn = sort.startsWith("-") ? -1 : 1;
  const value = (n) => rows[n][AT[name]];
  const compare = name === "outcome" ? (a, b) => a - b : (a, b) => {
    const [one, other] = [value(a), value(b)];
    if (one === other) return a - b;
    if (one === null || one === "") return turn;
    if (other === null || other === "") return -turn;
    return one < other ? -1 : 1;
  };
  found.sort((a, b) => turn * compare(a, b));
}

// Draws what is in sight and a few rows around; spaces above and below stand for the rest.
function topOfRows() {
  return document.getElementById("table").getBoundingClientRect().top + HEAD;
}

function drawRows(anew, known) {
  if (!height && found.length) {
    body.replaceChildren(drawRow(0));
    height = body.firstElementChild.getBoundingClientRect().height || 56;
  }
  const top = known ?? topOfRows();
  const first = Math.max(0, Math.min(found.length, Math.floor(-top / height) - MARGIN));
  const last = Math.min(found.length, first + Math.ceil(innerHeight / height) + 2 * MARGIN);
  if (anew || first !== window_[0] || last !== window_[1]) drawWindow(first, last);
}

function drawWindow(first, last) {
  const focused = document.activeElement?.closest?.("#rows tr")?.dataset.at;
  window_ = [first, last];
  const part = document.createDocumentFragment();
  for (let at = first; at < last; at += 1) part.append(drawRow(at));
  body.replaceChildren(part);
  space("before", first);
  space("after", found.length - last);
  if (focused !== undefined) body.querySelector(`tr[data-at="${focused}"] a`)?.focus({ preventScroll: true });
}

function space(id, count) {
  const part = document.getElementById(id);
  part.hidden = count <= 0;
  part.querySelector("td").style.height = `${count * height}px`;
}

function drawRow(at) {
  const n = found[at];
  const row = rows[n];
  const link = make("a", "", row[AT.title]);
  link.href = hashOf({ ...current(), number: n });
  const told = [
    row[AT.row], row[AT.repeat] > 1 ? `${row[AT.repeat]} repeats` : "",
    row[AT.attempts] > row[AT.repeat] ? `${row[AT.attempts]} attempts` : "",
    row[AT.flaky] ? "flaky" : "", row[AT.change], shortOf(row[AT.message]),
  ].filter(Boolean).join(" · ");
  const line = make(
    "tr", "",
    make("td", "", badge(row[AT.outcome])),
    make("td", "", link, make("span", "where", told || row[AT.scenario])),
    make("td", "", row[AT.mode].replaceAll("-", " ")),
    make("td", "", row[AT.target]),
    make("td", "amount", seconds(row[AT.ttft])),
    make("td", "amount", row[AT.tokens] === null ? "" : number(row[AT.tokens])),
    make("td", "amount", seconds(row[AT.seconds])),
  );
  line.dataset.number = n;
  line.dataset.at = at;
  line.setAttribute("aria-rowindex", at + 2);
  return line;
}

function shortOf(text) {
  const line = text.split("\n", 1)[0];
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}

// Arrow keys go from row to row, Home and End to the first and the last one.
function step(event) {
  const at = Number(event.target.closest("tr")?.dataset.at ?? NaN);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: found.length - 1 }[event.key];
  if (Number.isNaN(at) || next === undefined || next >= found.length) return;
  event.preventDefault();
  if (next < 0) query.focus();
  else goTo(next);
}

function goTo(at) {
  if (at < window_[0] || at >= window_[1]) {
    const first = Math.max(0, at - MARGIN);
    drawWindow(first, Math.min(found.length, first + Math.ceil(innerHeight / height) + 2 * MARGIN));
  }
  const link = body.querySelector(`tr[data-at="${at}"] a`);
  link?.focus({ preventScroll: true });
  link?.closest("tr").scrollIntoView({ block: "nearest" });
}

function startCases() {
  document.getElementById("filter").hidden = false;
  document.getElementById("table").hidden = false;
  document.getElementById("field-list").textContent =
    `${Object.keys(FIELDS).join(", ")}. Write field:part, field=whole, field:one,other, -field:not; ` +
    "numbers with > and <, times as 2s or 300ms; words in quotes stay together.";
  body.addEventListener("keydown", step);
  query.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || !found.length) return;
    event.preventDefault();
    goTo(0);
  });
  body.addEventListener("click", (event) => {
    const line = event.target.closest("tr");
    if (line && !event.target.closest("a") && !String(getSelection())) line.querySelector("a").click();
  });
  addEventListener("scroll", () => view.hidden && drawRows(), { passive: true });
  addEventListener("resize", () => { height = 0; if (view.hidden) drawRows(true); });
  addEventListener("beforeprint", () => drawWindow(0, Math.min(found.length, 2000)));
  addEventListener("afterprint", () => drawRows(true));
  for (const button of sorts) button.addEventListener("click", () => sortBy(button.dataset.sort));
}

function sortBy(name) {
  const before = current().sort;
  const sort = before === name ? `-${name}` : before === `-${name}` ? "" : name;
  location.replace(hashOf({ ...current(), sort }));
}
