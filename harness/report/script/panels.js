// Tables and groups above the cases: which axis stands across, and how many of each one's cases the filter shows.
const COUNTED = ".cell a, .many a, .counted";

function startPanels() {
  const parts = [...document.querySelectorAll(COUNTED)];
  let at = 0;
  requestIdleCallback(function ahead(idle) {
    while (at < parts.length && idle.timeRemaining() > 5) casesOf(parts[at++]);
    for (; at === parts.length && texts.ahead < rows.length && idle.timeRemaining() > 2; texts.ahead += 1) texts(texts.ahead);
    if (at < parts.length || texts.ahead < rows.length) requestIdleCallback(ahead);
  });
  document.getElementById("unfilter").addEventListener("click", () => {
    const state = { ...current(), q: "", show: new Set(), number: null };
    history.replaceState(null, "", hashOf(state));
    showTable(state);
  });
  const axes = document.getElementById("axes");
  if (!axes) return;
  axes.hidden = false;
  for (const button of axes.querySelectorAll("button")) {
    button.addEventListener("click", () => location.replace(hashOf({ ...current(), across: button.dataset.axis })));
  }
}

function showAxis(name) {
  for (const button of document.querySelectorAll("[data-axis]")) {
    button.setAttribute("aria-pressed", String(button.dataset.axis === name));
  }
  for (const part of document.querySelectorAll("[data-axis-table]")) part.hidden = part.dataset.axisTable !== name;
}

// What is filtered stands on top wherever one is on the page, with the way back to everything.
function showFiltered(some, state) {
  document.getElementById("filtered").hidden = !some;
  for (const note of document.querySelectorAll("p.whole")) note.hidden = !some;
  if (!some) return;
  const words = [state.q, [...state.show].join(", ")].filter(Boolean).join(" · ");
  document.getElementById("filtered-said").replaceChildren(
    make("b", "", `${number(found.length)} of ${number(rows.length)} cases`), make("span", "", words));
}

// Every cell and group is an address of the table; where a filter stands, it says how many of its cases are shown.
const meant = new Map();

function showCounts(some) {
  const shown = new Uint8Array(rows.length);
  for (const n of found) shown[n] = 1;
  for (const part of document.querySelectorAll(COUNTED)) {
    const whole = part.closest(".cell, .many, .counted");
    whole.querySelector(".here")?.remove();
    whole.classList.remove("faint");
    if (!some) continue;
    const count = casesOf(part).reduce((sum, n) => sum + shown[n], 0);
    whole.classList.toggle("faint", !count);
    const mark = make("span", "here", ` · ${number(count)} shown`);
    const after = part.matches(".cell a") ? part.querySelector(".where") : part.matches(".counted") ? part.querySelector("a, th") : part;
    if (after.matches("th")) after.append(mark);
    else after.after(mark);
  }
}

function casesOf(part) {
  const address = part.dataset.cases ?? part.getAttribute("href");
  if (!address) return rows.keys().toArray();
  if (!meant.has(address)) {
    const { test } = parseQuery(stateOf(address).q);
    meant.set(address, rows.keys().filter((n) => test(rows[n], n)).toArray());
  }
  return meant.get(address);
}
