// Rates, times and tokens of the cases that the filter shows. Scales stay those of the whole run, and so do the rows, so
// that nothing moves while somebody types; without a filter stands what was written.
const Z = 1.959963984540054;
const SHARES = [0.5, 0.9, 0.99];
const written = new Map();
let measuring = 0;

function showMeasures(some) {
  cancelIdleCallback(measuring);
  measuring = requestIdleCallback(() => measure(some), { timeout: 300 });
}

function measure(some) {
  const said = document.getElementById("measured");
  said.hidden = !some;
  if (some) said.textContent = `Of the ${counted(found.length, "case")} that the filter shows; scales are those of all ${number(rows.length)}.`;
  const groups = some ? attempts() : null;
  for (const line of document.querySelectorAll("#measures tr[data-group]")) {
    if (!written.has(line)) written.set(line, [...line.cells].slice(1).map((cell) => cell.cloneNode(true)));
    const kept = written.get(line);
    const table = line.closest("table");
    const tried = groups?.get(Number(line.dataset.group)) ?? [];
    const cells = !some ? kept : "rates" in table.dataset ? rateOf(tried, kept) : spanOf(tried, kept, table.dataset);
    line.replaceChildren(line.cells[0], ...cells);
    line.classList.toggle("faint", cells.none === true);
  }
  const shown = new Set(found);
  for (const line of document.querySelectorAll("#measures tr[data-number]")) {
    line.classList.toggle("faint", some && !shown.has(Number(line.dataset.number)));
  }
}

// The attempts of the cases that are shown, by region and model: verdict and figures.
function attempts() {
  const groups = new Map();
  for (const n of found) {
    const row = rows[n];
    const group = row[AT.group];
    if (group === null) continue;
    if (!groups.has(group)) groups.set(group, []);
    const into = groups.get(group);
    if (row[AT.tries]) for (const [verdict, ttft, total, tokens] of row[AT.tries]) into.push({ verdict, ttft, total, tokens });
    else into.push({ verdict: row[AT.outcome], ttft: row[AT.ttft], total: row[AT.total], tokens: row[AT.tokens] });
  }
  return groups;
}

// Cells in place of those that were written, of the same classes and labels.
function cellsLike(kept, inner) {
  return kept.map((old, n) => {
    const cell = make("td", old.className, inner[n]);
    if (old.dataset.label) cell.dataset.label = old.dataset.label;
    return cell;
  });
}

function none(kept) {
  return Object.assign(cellsLike(kept, ["none"]), { none: true });
}

function rateOf(tried, kept) {
  const judged = tried.filter((one) => one.verdict === "passed" || one.verdict === "failed").length;
  if (!judged) return none(kept);
  const passed = tried.filter((one) => one.verdict === "passed").length;
  const { low, high } = wilson(passed, judged);
  const said = `${percent(passed / judged)} % (95 %: ${percent(low)} to ${percent(high)})`;
  const drawing = kept[1].querySelector("svg").cloneNode(true);
  drawing.setAttribute("aria-label", said);
  place(drawing.querySelector(".spread"), 100 * low, 100 * (high - low));
  drawing.querySelector(".point").setAttribute("x", Math.min(99, 100 * passed / judged));
  return cellsLike(kept, [`${number(passed)} of ${number(judged)}`, drawing, said]);
}

function spanOf(tried, kept, { figure, scale }) {
  const values = tried.map((one) => one[figure]).filter((value) => value !== null).sort((a, b) => a - b);
  if (!values.length) return none(kept);
  const quantiles = SHARES.map((share) => values[Math.max(0, Math.ceil(share * values.length) - 1)]);
  const [low, high] = [values[0], values.at(-1)];
  const at = (value) => Math.min(99.4, 100 * value / scale);
  const drawing = kept[1].querySelector("svg").cloneNode(true);
  place(drawing.querySelector(".rail"), at(low), 100 * (high - low) / scale);
  place(drawing.querySelector(".spread"), at(quantiles[0]), 100 * (quantiles[1] - quantiles[0]) / scale);
  drawing.querySelectorAll(".point").forEach((mark, n) => mark.setAttribute("x", at(quantiles[n])));
  const told = [low, ...quantiles, high].map((value) => (figure === "tokens" ? number(value) : seconds(value)));
  return cellsLike(kept, [number(values.length), drawing, ...told]);
}

function place(shape, x, width) {
  shape.setAttribute("x", x);
  shape.setAttribute("width", Math.max(0.5, width));
}

function wilson(passed, trials) {
  const rate = passed / trials;
  const scale = 1 + Z * Z / trials;
  const middle = (rate + Z * Z / (2 * trials)) / scale;
  const half = Z * Math.sqrt(rate * (1 - rate) / trials + Z * Z / (4 * trials * trials)) / scale;
  return { low: passed === 0 ? 0 : middle - half, high: passed === trials ? 1 : middle + half };
}

function percent(rate) {
  return (100 * rate).toFixed(1);
}
