// A stream on a line of time: a lane for each output item, a tick for each event, stepped with the arrow keys. Parts
// of a stream that was cut and resumed stand on one line, with a mark where it goes on.
const NS = "http://www.w3.org/2000/svg";

function streamsOf(wires) {
  const groups = [];
  for (const wire of wires) {
    if (!wire.events?.length) continue;
    const last = groups.at(-1)?.at(-1);
    if (last && last.turn === wire.turn && /[?&]starting_after=/.test(wire.url)) groups.at(-1).push(wire);
    else groups.push([wire]);
  }
  return groups;
}

function drawTimeline(n, at, attempt, group) {
  const points = pointsOf(group, attempt);
  const known = points.filter((point) => point.at !== null);
  const part = make("figure", "timeline");
  const title = `Time line of ${group[0].turn}${group.length > 1 ? `, resumed ${group.length === 2 ? "once" : `${group.length - 1} times`}` : ""}`;
  part.append(make("figcaption", "", make("h4", "", title), make("p", "where", figuresOf(known, group))));
  if (!known.length) return part;
  const scale = scaleOf(known);
  const lanes = lanesOf(points);
  const strips = make("div", "strips");
  for (const [key, name] of lanes) {
    const wrong = points.filter((point) => point.lane === key && point.findings.length).length;
    strips.append(make("span", "lane", name, wrong ? make("span", "wrong", ` ✕ ${counted(wrong, "violation")}`) : null),
      drawStrip(points.filter((point) => point.lane === key), scale, group, known));
  }
  strips.append(make("span", "lane", ""), make("span", "axis",
    make("span", "", scale.from ? `${span(scale.from, scale)} (first event)` : "0 ms"),
    make("span", "", span((scale.from + scale.to) / 2, scale)), make("span", "", span(scale.to, scale))));
  const told = make("p", "event", "");
  const raw = make("div", "");
  part.append(strips, marksOf(known, group, points), told, raw);
  stepped(strips, points, scale, told, raw, group, attempt);
  return part;
}

// From when to when is drawn: from the request on, but where most of that is waiting, from the first event on.
function scaleOf(known) {
  const [first, last] = [Math.min(...known.map((point) => point.at)), Math.max(...known.map((point) => point.at), 1)];
  const from = last - first < last / 4 && last - first > 0.05 ? first : 0;
  const to = last + (last - from) / 100;
  return { from, to, x: (at) => 1000 * (at - from) / (to - from) };
}

// A time on the axis, with as many digits as the axis needs.
function span(at, { from, to }) {
  return to - from < 20 ? `${at.toFixed(1)} ms` : seconds(at / 1000);
}

// What the marks of this time line mean; only those that it has.
function marksOf(known, group, points) {
  const marks = make("ul", "marks");
  const add = (words, ...shapes) => {
    const svg = shape("svg", "", { viewBox: "0 0 16 16", "aria-hidden": "true" });
    svg.append(...shapes);
    marks.append(make("li", "", svg, words));
  };
  const bar = (name, y = 1, height = 14) => shape("rect", name, { x: 7, y, width: 2, height });
  add("event", bar("tick"));
  if (known.some((point) => point.type.endsWith(".delta"))) {
    add("delta", bar("tick delta", 4, 8));
    add("first token", bar("first", 0, 16));
  }
  if (gapOf(known).length) add("longest gap", shape("rect", "gap", { x: 0, y: 1, width: 16, height: 14 }));
  if (group.length > 1) add("resumed here", shape("rect", "resumed", { x: 6, y: 0, width: 3, height: 16 }));
  if (points.some((point) => point.findings.length)) add("violation", shape("path", "violation", { d: "M1 1 L15 1 L8 15 Z" }));
  return marks;
}

// The events of all parts of a stream, in milliseconds from the start of the first.
function pointsOf(group, attempt) {
  return group.flatMap((wire) => wire.events.map(([at, from, to, type, item, sequence, kind], index) => ({
    wire, index, from, to, type, item, sequence, kind,
    at: at === null ? null : at + 1000 * (wire.started - group[0].started),
    lane: item ?? -1,
    findings: attempt.findings.filter((one) => one.exchange === wire.number && one.event === index),
  })));
}

function lanesOf(points) {
  const lanes = new Map();
  for (const point of points) {
    const known = lanes.get(point.lane);
    if (!known || point.kind) lanes.set(point.lane, point.lane < 0 ? "response" : `item ${point.lane}${point.kind ? ` ${point.kind}` : ""}`);
  }
  return [...lanes].sort(([a], [b]) => a - b);
}

function gapOf(known) {
  let gap = { length: 0, from: 0 };
  for (let n = 1; n < known.length; n += 1) {
    const length = known[n].at - known[n - 1].at;
    if (length > gap.length) gap = { length, from: known[n - 1].at, after: n - 1 };
  }
  return gap;
}

function figuresOf(known, group) {
  const token = known.find((point) => point.type.endsWith(".delta"));
  const gap = gapOf(known);
  const events = group.reduce((sum, wire) => sum + wire.of, 0);
  return [
    counted(events, "event"),
    known.length ? `first event ${seconds(known[0].at / 1000)}` : "no event has a time",
    token ? `first token ${seconds(token.at / 1000)}` : "",
    gap.length ? `longest gap ${seconds(gap.length / 1000)}, before event ${gap.after + 1}` : "",
    ...group.slice(1).map((wire) => `resumed after event ${/starting_after=(\d+)/.exec(wire.url)?.[1] ?? "?"} at ${seconds(wire.started - group[0].started)}`),
    events > group.reduce((sum, wire) => sum + wire.events.length, 0) ? "the first of them are drawn" : "",
  ].filter(Boolean).join(" · ");
}

function shape(name, className, attributes) {
  const element = document.createElementNS(NS, name);
  if (className) element.setAttribute("class", className);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function drawStrip(points, scale, group, known) {
  const x = (at) => scale.x(at).toFixed(2);
  const svg = shape("svg", "strip", { viewBox: "0 0 1000 24", preserveAspectRatio: "none", "aria-hidden": "true" });
  const gap = gapOf(known);
  if (gap.length) {
    svg.append(shape("rect", "gap", { x: x(gap.from), y: 0, width: (scale.x(gap.from + gap.length) - scale.x(gap.from)).toFixed(2), height: 24 }));
  }
  svg.append(shape("rect", "rail", { x: 0, y: 12, width: 1000, height: 1 }));
  for (const wire of group.slice(1)) svg.append(shape("rect", "resumed", { x: x(1000 * (wire.started - group[0].started)), y: 0, width: 3, height: 24 }));
  const token = known.find((point) => point.type.endsWith(".delta"));
  if (token) svg.append(shape("rect", "first", { x: x(token.at), y: 0, width: 2, height: 24 }));
  for (const point of points) {
    if (point.at === null) continue;
    const small = point.type.endsWith(".delta");
    svg.append(shape("rect", small ? "tick delta" : "tick", { x: x(point.at), y: small ? 8 : 4, width: 2, height: small ? 8 : 16 }));
    if (point.findings.length) {
      const at = scale.x(point.at);
      svg.append(shape("path", "violation", { d: `M${at - 6} 0 L${at + 8} 0 L${at + 1} 14 Z` }));
    }
  }
  svg.append(shape("rect", "cursor", { x: -10, y: 0, width: 3, height: 24 }));
  return svg;
}

function stepped(strips, points, scale, told, raw, group, attempt) {
  let at = -1;
  const set = (attributes) => Object.entries(attributes).forEach(([name, value]) => strips.setAttribute(name, value));
  strips.tabIndex = 0;
  set({
    role: "slider", "aria-label": `Events of ${group[0].turn}`, "aria-valuemin": 0,
    "aria-valuemax": points.length - 1, "aria-valuenow": 0, "aria-valuetext": `${counted(points.length, "event")}; arrow keys step`,
  });
  told.textContent = "Arrow keys step through the events.";
  const go = (next) => {
    at = Math.max(0, Math.min(points.length - 1, next));
    const point = points[at];
    const place = [
      point.at === null ? "" : `at ${seconds(point.at / 1000)}`, point.lane < 0 ? "" : `item ${point.lane}`,
      point.sequence === null ? "" : `sequence_number ${point.sequence}`,
      `bytes ${point.from} to ${point.to - 1} of exchange ${point.wire.number + 1}`,
    ].filter(Boolean).join(", ");
    const said = `event ${point.index} of exchange ${point.wire.number + 1}: ${point.type || "without a type"}, ${place}`;
    set({ "aria-valuenow": at, "aria-valuetext": said });
    told.replaceChildren(make("b", "", point.type || "without a type"), ` event ${point.index}, ${place}`,
      ...point.findings.map((one) => make("span", "wrong", ` ✕ ${one.rule}: ${one.message}`)));
    for (const cursor of strips.querySelectorAll(".cursor")) cursor.setAttribute("x", point.at === null ? -10 : scale.x(point.at) - 1);
    raw.replaceChildren(...frameOf(point));
    history.replaceState(null, "", eventHash(strips, at));
  };
  strips.addEventListener("keydown", (event) => {
    const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: points.length - 1, PageDown: at + 10, PageUp: at - 10 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    go(next);
  });
  strips.addEventListener("click", (event) => {
    const box = strips.querySelector("svg").getBoundingClientRect();
    const wanted = scale.from + (event.clientX - box.left) / box.width * (scale.to - scale.from);
    let best = 0;
    for (const [n, point] of points.entries()) {
      if (point.at !== null && Math.abs(point.at - wanted) < Math.abs((points[best].at ?? Infinity) - wanted)) best = n;
    }
    go(best);
  });
  goers.set(strips, go);
}

const goers = new WeakMap();

// The bytes of an event, where the page has them.
function frameOf(point) {
  const body = point.wire.body;
  if (!body || point.from < body.from) return [];
  const bytes = bytesOf(body).subarray(point.from - body.from, point.to - body.from);
  return bytes.length ? [make("pre", "raw", shownBytes(bytes))] : [];
}

function eventHash(strips, at) {
  const given = new URLSearchParams(location.hash.slice(1));
  given.delete("finding");
  given.set("event", `${[...view.querySelectorAll(".strips")].indexOf(strips)}.${at}`);
  return `#${given}`;
}

function showEvent(place) {
  const [which, at] = place.split(".").map(Number);
  const strips = view.querySelectorAll(".strips")[which];
  if (!strips || !Number.isInteger(at)) return;
  goers.get(strips)(at);
  strips.focus();
}
