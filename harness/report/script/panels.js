// Tables and groups above the cases: which axis stands across, and how many of each cell's cases the filter shows.
function startPanels() {
  const links = [...document.querySelectorAll(".cell a, .same b")];
  let at = 0;
  requestIdleCallback(function ahead(idle) {
    while (at < links.length && idle.timeRemaining() > 5) casesOf(links[at++]);
    for (; at === links.length && texts.ahead < rows.length && idle.timeRemaining() > 2; texts.ahead += 1) texts(texts.ahead);
    if (at < links.length || texts.ahead < rows.length) requestIdleCallback(ahead);
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

// Every cell and group is an address of the table; where a filter stands, it says how many of its cases are shown.
const meant = new Map();

function showCounts(some) {
  const shown = new Uint8Array(rows.length);
  for (const n of found) shown[n] = 1;
  for (const link of document.querySelectorAll(".cell a, .same b")) {
    const part = link.closest(".cell, .same");
    part.querySelector(".here")?.remove();
    part.classList.remove("faint");
    if (!some) continue;
    const count = casesOf(link).reduce((sum, n) => sum + shown[n], 0);
    part.classList.toggle("faint", !count);
    (link.matches("b") ? link : link.querySelector(".where")).after(make("span", "here", ` ${number(count)} shown`));
  }
}

function casesOf(link) {
  const address = (link.closest("a") ?? link).getAttribute("href");
  if (!meant.has(address)) {
    const { test } = parseQuery(stateOf(address).q);
    meant.set(address, rows.keys().filter((n) => test(rows[n], n)).toArray());
  }
  return meant.get(address);
}
