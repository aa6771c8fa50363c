// The address tells what is shown: #q=words&show=failed&sort=-took for the table, with case=12 one case,
// with finding=0 its bytes, with event=5 a place on its time line.
const overview = document.getElementById("overview");
const view = document.getElementById("case");
const SECTIONS = ["answer", "changes", "regions", "modes", "cases", "measures", "gaps"];
let back = null;
let scrolled = 0;
let shownCase = null;

function whole(text) {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

function stateOf(hash) {
  const given = new URLSearchParams(hash.slice(1));
  const n = whole(given.get("case"));
  return {
    q: given.get("q") ?? "",
    show: new Set((given.get("show") ?? "").split(",").filter((name) => Object.hasOwn(signs, name))),
    sort: given.get("sort") ?? "",
    across: given.get("across") === "feature" ? "feature" : "model",
    number: n !== null && n < rows.length ? n : null,
    attempt: whole(given.get("attempt")),
    finding: whole(given.get("finding")),
    event: given.get("event"),
  };
}

function current() {
  return { ...stateOf(location.hash), q: query.value, show: new Set(picks.filter((pick) => pick.checked).map((pick) => pick.value)) };
}

function hashOf(state) {
  const given = new URLSearchParams();
  if (state.q) given.set("q", state.q);
  if (state.show.size) given.set("show", [...state.show].join(","));
  if (state.sort) given.set("sort", state.sort);
  if (state.across === "feature") given.set("across", "feature");
  if (state.number !== null && state.number !== undefined) given.set("case", state.number);
  return `#${given}`;
}

async function show() {
  const name = location.hash.slice(1);
  if (SECTIONS.includes(name)) {
    history.replaceState(null, "", back ?? "#");
    showTable(stateOf(location.hash));
    document.getElementById(name)?.scrollIntoView();
    return;
  }
  const state = stateOf(location.hash);
  if (state.number === null) return showTable(state);
  if (back === null) {
    takeOver(state);
    filter(state);
  }
  const table = hashOf({ ...state, number: null });
  if (table !== "#") back = table;
  await showCase(state);
}

async function showCase(state) {
  if (view.hidden) scrolled = scrollY;
  const key = state.number;
  if (shownCase !== key || view.hidden) {
    let drawn;
    try {
      drawn = drawCase(key, await detailOf(key), await wireOf(key));
    } catch (error) {
      drawn = make("p", "empty", `This case could not be opened: ${error.message}. It stands in the record.`);
    }
    view.replaceChildren(links(key), drawn);
    shownCase = key;
    overview.hidden = true;
    view.hidden = false;
    scrollTo(0, 0);
    view.focus({ preventScroll: true });
  }
  if (state.finding !== null) showFinding(state.attempt, state.finding);
  else if (state.event !== null) showEvent(state.event);
}

function links(n) {
  const nav = make("nav", "back", link(back ?? "#", "← All cases"));
  nav.setAttribute("aria-label", "Cases");
  const at = found.indexOf(n);
  const to = (other) => hashOf({ ...current(), number: found[other] });
  if (at > 0) nav.append(link(to(at - 1), "Previous"));
  if (at >= 0 && at + 1 < found.length) nav.append(link(to(at + 1), "Next"));
  return nav;
}

function takeOver(state) {
  if (query.value !== state.q) query.value = state.q;
  for (const pick of picks) pick.checked = state.show.has(pick.value);
  showAxis(state.across);
}

function showTable(state) {
  const came = !view.hidden;
  view.hidden = true;
  overview.hidden = false;
  takeOver(state);
  const hash = hashOf(state);
  const other = hash !== back;
  if (other) filter(state);
  back = hash;
  if (came) scrollTo(0, scrolled);
  if (came || !other) drawRows(true);
}

function link(hash, label) {
  const element = make("a", "", label);
  element.href = hash;
  return element;
}

// A filter that is typed takes the place of the one before: going back leaves the table, not a letter.
// It is shown at once: an address that changed itself would come back late, and take the place of newer letters.
function typed() {
  const state = { ...current(), number: null };
  history.replaceState(null, "", hashOf(state));
  showTable(state);
}

function listen() {
  addEventListener("hashchange", show);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !view.hidden) location.hash = back ?? "";
    if (event.key === "/" && view.hidden && document.activeElement !== query) {
      event.preventDefault();
      query.focus();
    }
  });
  query.addEventListener("input", typed);
  for (const pick of picks) pick.addEventListener("change", typed);
  document.getElementById("filter").addEventListener("submit", (event) => event.preventDefault());
  overview.addEventListener("click", (event) => {
    const href = event.target.closest("a")?.getAttribute("href") ?? "";
    if (href.startsWith("#q=")) addEventListener("hashchange", () => document.getElementById("cases").scrollIntoView(), { once: true });
  });
}

async function start() {
  const opened = await unpacked(document.getElementById("rows-data"));
  rows = opened.rows;
  AT = Object.fromEntries(opened.columns.map((name, n) => [name, n]));
  startCases();
  startPanels();
  listen();
  await show();
  document.documentElement.dataset.ready = "yes";
}

start();
