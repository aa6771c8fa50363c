// What was on the wire: requests and replies to the byte, what was found marked in them, and streams on a time line.
const DECODER = new TextDecoder("utf-8", { fatal: true });
let drawnWires = new Map();

function drawWires(n, at, attempt, wires) {
  const part = make("div", "wires", make("h3", "", "On the wire"));
  for (const group of streamsOf(wires)) part.append(drawTimeline(n, at, attempt, group));
  for (const [index, wire] of wires.entries()) {
    const box = drawExchange(wire, attempt);
    box.dataset.exchange = index;
    part.append(box);
  }
  drawnWires.set(part, { attempt, wires });
  return part;
}

function drawExchange(wire, attempt) {
  if (wire.problem) return make("p", "empty", `${wire.turn}: this exchange cannot be shown. ${wire.problem}; it was recorded in ${wire.where}`);
  const again = wire.sent > 1 ? `, sent for the ${wire.sent}. time` : "";
  const told = [
    wire.status === null ? "no reply" : `${wire.status} ${wire.reason}`.trim(),
    `${number(wire.length)} bytes`,
    wire.of ? counted(wire.of, "event") : "",
    wire.ending === "complete" ? "" : `ended: ${wire.ending.replaceAll("_", " ")}`,
    seconds(wire.ended_at),
  ].filter(Boolean).join(" · ");
  const box = make("details", "exchange",
    make("summary", "", `exchange ${wire.number + 1} · ${wire.turn}${again} · ${wire.method} ${pathOf(wire.url)} → ${told}`));
  box.addEventListener("toggle", () => box.open && box.children.length === 1 && fillExchange(box, wire, attempt, null));
  return box;
}

function pathOf(url) {
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, "");
  return path.length > 100 ? `${path.slice(0, 100)}…` : path || url;
}

function fillExchange(box, wire, attempt, selected) {
  for (const old of [...box.children].slice(1)) old.remove();
  box.append(make("p", "where", "recorded in ", make("code", "", wire.where)));
  if (wire.detail) box.append(make("p", "where", wire.detail));
  if (!wire.body) {
    box.append(make("p", "where", "Nothing was found in this exchange, so its bytes are not in the page."));
    return;
  }
  box.append(
    make("h4", "", "Request"), make("p", "where", make("code", "", `${wire.method} ${wire.url}`)),
    drawHeaders(wire.asked_headers), drawBytes(wire.asked, [], null),
    make("h4", "", "Reply"), drawHeaders(wire.headers),
    ...wire.pins.map(([which, from, to, about]) => make("p", "where pinned",
      `${attempt.findings[which].rule}: ${ABOUT[about]}, ${to - from === 1 ? `byte ${from}` : `bytes ${from} to ${to - 1}`}`)),
    drawBytes(wire.body, wire.pins, selected),
  );
}

const ABOUT = {
  value: "this value", around: "what stands around the missing value", event: "this event", byte: "this byte", body: "the whole body",
};

function drawHeaders(headers) {
  if (!headers.length) return make("p", "empty", "No header lines.");
  return make("details", "", make("summary", "", counted(headers.length, "header line")),
    make("pre", "", headers.map(([name, value]) => `${name}: ${value}`).join("\n")));
}

function bytesOf(body) {
  if (body.text !== undefined) return new TextEncoder().encode(body.text);
  return Uint8Array.from(atob(body.base64), (character) => character.charCodeAt(0));
}

function shownBytes(bytes) {
  try {
    return DECODER.decode(bytes);
  } catch {
    return [...bytes].map((byte) => (byte > 127 ? `\\x${byte.toString(16)}` : String.fromCharCode(byte))).join("");
  }
}

// A body with marks on the bytes that findings are about; offsets are those of the whole body.
function drawBytes(body, pins, selected) {
  const bytes = bytesOf(body);
  const end = body.from + bytes.length;
  const pre = make("pre", "raw");
  pre.tabIndex = 0;
  const cuts = [body.from, end, ...pins.flatMap(([, from, to]) => [from, to])];
  const edges = [...new Set(cuts.filter((cut) => cut >= body.from && cut <= end))].sort((a, b) => a - b);
  if (body.from) pre.append(make("span", "where", `${number(body.from)} bytes before\n`));
  for (let n = 0; n + 1 < edges.length; n += 1) {
    const [from, to] = [edges[n], edges[n + 1]];
    const here = pins.filter(([, first, last]) => first <= from && to <= last).map(([which]) => which);
    const said = shownBytes(bytes.subarray(from - body.from, to - body.from));
    if (here.length) {
      const mark = make("mark", here.includes(selected) ? "on" : "", said);
      mark.dataset.from = from;
      mark.dataset.to = to;
      pre.append(mark);
    } else textInto(pre, said);
  }
  if (end < body.length) pre.append(make("span", "where", `\n${number(body.length - end)} bytes after; all ${number(body.length)} stand in the record`));
  if (!body.length) pre.append(make("span", "where", "no bytes"));
  return pre;
}

function attemptOf(which) {
  const all = [...view.querySelectorAll("section.attempt")];
  if (which !== null) return all[which];
  return all.find((one) => one.dataset.speaks) ?? all.at(-1);
}

// Opens the exchange of a finding and brings its bytes into sight.
function showFinding(which, finding) {
  const part = attemptOf(which)?.querySelector(".wires");
  const drawn = part && drawnWires.get(part);
  const index = drawn?.wires.findIndex((wire) => wire.pins?.some(([n]) => n === finding)) ?? -1;
  if (index < 0) return;
  const box = part.querySelector(`[data-exchange="${index}"]`);
  box.open = true;
  fillExchange(box, drawn.wires[index], drawn.attempt, finding);
  const mark = box.querySelector("mark.on");
  const pre = mark?.closest("pre");
  if (!mark) return;
  pre.scrollTop += mark.getBoundingClientRect().top - pre.getBoundingClientRect().top - 60;
  pre.scrollIntoView({ block: "center" });
  pre.focus({ preventScroll: true });
}
