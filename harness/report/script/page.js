// The address tells what is shown: #q=words&show=failed,errored for the table, #case=12 for one case.
const overview = document.getElementById("overview");
const view = document.getElementById("case");
let back = "";
let scrolled = 0;

function stateOf(hash) {
  const given = new URLSearchParams(hash.slice(1));
  const n = Number(given.get("case") ?? NaN);
  return {
    q: given.get("q") ?? "",
    show: new Set((given.get("show") ?? "").split(",").filter((name) => name in signs)),
    number: Number.isInteger(n) && n >= 0 && n < rows.length ? n : null,
  };
}

function hashOf() {
  const given = new URLSearchParams();
  const show = picks.filter((pick) => pick.checked).map((pick) => pick.value);
  if (query.value) given.set("q", query.value);
  if (show.length) given.set("show", show.join(","));
  return String(given);
}

async function show() {
  const state = stateOf(location.hash);
  if (state.number === null) return showTable(state);
  if (view.hidden) scrolled = scrollY;
  let drawn;
  try {
    drawn = drawCase(state.number, await detailOf(state.number));
  } catch (error) {
    drawn = make("p", "empty", `This case could not be opened: ${error.message}. It stands in the record.`);
  }
  const links = make("nav", "back", link(`#${back}`, "← All cases"));
  const at = found.indexOf(state.number);
  if (at > 0) links.append(link(`#case=${found[at - 1]}`, "Previous"));
  if (at >= 0 && at + 1 < found.length) links.append(link(`#case=${found[at + 1]}`, "Next"));
  view.replaceChildren(links, drawn);
  overview.hidden = true;
  view.hidden = false;
  scrollTo(0, 0);
  view.focus({ preventScroll: true });
}

function showTable(state) {
  const came = view.hidden ? null : view;
  view.hidden = true;
  overview.hidden = false;
  if (query.value !== state.q) query.value = state.q;
  for (const pick of picks) pick.checked = state.show.has(pick.value);
  const hash = hashOf();
  if (hash !== back) filter(state);
  back = hash;
  if (came) scrollTo(0, scrolled);
}

function link(hash, label) {
  const element = make("a", "", label);
  element.href = hash;
  return element;
}

// A filter that is typed takes the place of the one before: going back leaves the table, not a letter.
function typed() {
  location.replace(`#${hashOf()}`);
}

addEventListener("hashchange", show);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !view.hidden) location.hash = back;
  if (event.key === "/" && view.hidden && document.activeElement !== query) {
    event.preventDefault();
    query.focus();
  }
});
query.addEventListener("input", typed);
for (const pick of picks) pick.addEventListener("change", typed);
document.getElementById("filter").addEventListener("submit", (event) => event.preventDefault());
startCases();
filter(stateOf(""));
show();
