// The table: rows are drawn some at a time, more as the end comes into sight. The filter stands in the address, so
// that a view can be sent to somebody else.
const { columns, rows, signs } = data("rows-data");
const AT = Object.fromEntries(columns.map((name, n) => [name, n]));
const STEP = 100;
const body = document.getElementById("rows");
const query = document.getElementById("query");
const picks = [...document.querySelectorAll(".pick input")];
const more = document.getElementById("more");
let found = [];
let drawn = 0;
let searched = null;

function texts() {
  const names = ["outcome", "title", "case", "mode", "target", "row", "message"];
  searched ??= rows.map((row) => names.map((name) => row[AT[name]]).join("\n").toLowerCase());
  return searched;
}

function filter(state) {
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const all = texts();
  found = [];
  for (let n = 0; n < rows.length; n += 1) {
    if (state.show.size && !state.show.has(rows[n][AT.outcome])) continue;
    if (words.every((word) => all[n].includes(word))) found.push(n);
  }
  body.replaceChildren();
  drawn = 0;
  drawMore();
  const some = words.length || state.show.size;
  document.getElementById("matches").textContent = some
    ? `${found.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} cases`
    : `${rows.length.toLocaleString("en")} ${rows.length === 1 ? "case" : "cases"}`;
  const empty = document.getElementById("empty");
  empty.hidden = found.length > 0;
  empty.textContent = rows.length ? "No case is like that. Take a word or an outcome away." : "No case was planned.";
}

function drawMore() {
  const part = document.createDocumentFragment();
  for (const n of found.slice(drawn, drawn + STEP)) part.append(drawRow(n));
  drawn = Math.min(found.length, drawn + STEP);
  body.append(part);
  more.hidden = drawn >= found.length;
  more.textContent = `Show more (${(found.length - drawn).toLocaleString("en")} left)`;
}

function drawRow(n) {
  const row = rows[n];
  const link = make("a", "", row[AT.title]);
  link.href = `#case=${n}`;
  const repeats = row[AT.repeat] ? `repeat ${row[AT.repeat] + 1}` : "";
  const attempts = row[AT.attempts] > 1 ? `${row[AT.attempts]} attempts` : "";
  const told = [row[AT.row], repeats, attempts, row[AT.flaky] ? "flaky" : ""].filter(Boolean).join(" · ");
  const line = make(
    "tr", "",
    make("td", "", badge(row[AT.outcome])),
    make("td", "", link,
      told ? make("span", "where", told) : null,
      row[AT.message] ? make("span", "where", shortOf(row[AT.message])) : null),
    make("td", "", row[AT.mode]),
    make("td", "", row[AT.target]),
    make("td", "amount", row[AT.seconds]),
  );
  line.dataset.number = n;
  return line;
}

function shortOf(text) {
  const line = text.split("\n", 1)[0];
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}

// Arrow keys go from row to row, Home and End to the first and the last that is drawn.
function step(event) {
  const links = [...body.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (at < 0 || next === undefined || next >= links.length) return;
  event.preventDefault();
  if (next < 0) query.focus();
  else links[next].focus();
}

function startCases() {
  document.getElementById("filter").hidden = false;
  document.getElementById("table").hidden = false;
  body.addEventListener("keydown", step);
  query.addEventListener("keydown", (event) => {
    const first = body.querySelector("a");
    if (event.key !== "ArrowDown" || !first) return;
    event.preventDefault();
    first.focus();
  });
  body.addEventListener("click", (event) => {
    const line = event.target.closest("tr");
    if (line && !event.target.closest("a") && !String(getSelection())) location.hash = `case=${line.dataset.number}`;
  });
  more.addEventListener("click", drawMore);
  new IntersectionObserver((seen) => {
    if (seen.some((one) => one.isIntersecting) && drawn < found.length) drawMore();
  }, { rootMargin: "600px" }).observe(document.getElementById("end"));
}
