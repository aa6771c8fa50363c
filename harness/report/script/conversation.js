// One case: its turns as a conversation, findings beside them. Details lie in compressed parts of the page.
const chunk = data("chunk-data");
const opened = new Map();

async function detailOf(n) {
  const part = Math.floor(n / chunk);
  if (!opened.has(part)) opened.set(part, unpacked(document.querySelector(`script[data-part="${part}"]`)));
  return (await opened.get(part))[n % chunk];
}

// For each attempt its exchanges, or null where they are not in the page.
async function wireOf(n) {
  const part = document.querySelector(`script[data-wire="${n}"]`);
  return part ? unpacked(part) : [];
}

function drawCase(n, detail, wires) {
  const row = rows[n];
  const drawn = document.createDocumentFragment();
  drawn.append(
    make("p", "", badge(row[AT.outcome]), row[AT.change] ? ` ${row[AT.change]} since the baseline` : ""),
    make("h1", "", row[AT.title]),
    make("p", "where", make("code", "", detail.case)),
    detail.place ? make("p", "where", "scenario at ", make("code", "", detail.place)) : "",
    make("p", "where", "Reproduce: ", make("code", "reproduce", detail.reproduce)),
    detail.gate.length ? make("p", "where", "shuts the gate: ", make("code", "", detail.gate.join(", "))) : "",
  );
  if (!detail.attempts.length) {
    drawn.append(make("p", "empty", "This case was planned; the run ended before it was finished."));
  }
  detail.attempts.forEach((attempt, at) => drawn.append(drawAttempt(n, at, attempt, detail.attempts.length, wires[at] ?? null)));
  return drawn;
}

function drawAttempt(n, at, attempt, count, wires) {
  const section = make("section", "attempt");
  section.dataset.attempt = at;
  section.dataset.speaks = attempt.verdict === "failed" ? "failed" : "";
  section.append(count > 1
    ? make("h2", "", attempt.attempt > 1 ? `Attempt ${attempt.attempt} ` : `Run ${at + 1} of ${count} `, badge(attempt.verdict))
    : make("h2", "", "Conversation"));
  const facts = make("dl", "caseline");
  for (const [name, value] of attempt.facts) facts.append(make("div", "", make("dt", "", name), make("dd", "", value)));
  section.append(facts);
  if (attempt.reason) section.append(make("p", "reason", attempt.reason));
  const beside = (finding) => drawFinding(finding, n, at, wires);
  const turns = new Set(attempt.turns.map((turn) => turn.id));
  const homeless = attempt.findings.filter((finding) => !turns.has(finding.turn));
  if (homeless.length) section.append(make("div", "beside", ...homeless.map(beside)));
  const results = resultsOf(attempt.turns, wires);
  pictures = new Map((wires ?? []).flatMap((wire) => Object.entries(wire.pictures ?? {})));
  for (const [place, turn] of attempt.turns.entries()) {
    const findings = attempt.findings.filter((finding) => finding.turn === turn.id);
    section.append(drawTurn(turn, findings.map(beside), results, attempt.turns.slice(0, place), wires));
  }
  if (!attempt.turns.length) section.append(make("p", "empty", "Nothing was sent."));
  if (attempt.before) section.append(drawBefore(attempt));
  if (wires) section.append(drawWires(n, at, attempt, wires));
  return section;
}

// The outputs of tools by the id of their calls, wherever they stand in the case.
function resultsOf(turns, wires) {
  const results = new Map();
  for (const wire of wires ?? []) for (const item of listOf(wire.results)) results.set(item.call_id, item);
  for (const turn of turns) {
    for (const item of [...listOf(turn.asked), ...listOf(turn.said)]) {
      if (item && typeof item.type === "string" && item.type.endsWith("_call_output") && typeof item.call_id === "string") {
        results.set(item.call_id, item);
      }
    }
  }
  return results;
}

function listOf(value) {
  return Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
}

function drawTurn(turn, findings, results, before, wires) {
  const talk = make("div", "talk");
  if (turn.action === "compact" && before.length) {
    talk.append(make("p", "replaced", `⇢ in place of ${before.map((one) => one.id).join(", ")}`));
  }
  for (const wire of wires ?? []) {
    if (wire.turn === turn.id && wire.compacted) talk.append(drawReplaced(wire, turn.action === "compact"));
  }
  for (const item of listOf(turn.asked)) talk.append(drawItem(item, "asked"));
  const said = listOf(turn.said);
  const known = new Set(said.map((item) => item?.call_id));
  const between = (wires ?? []).filter((wire) => wire.turn === turn.id).flatMap((wire) => listOf(wire.calls));
  for (const item of between) {
    if (known.has(item.call_id)) continue;
    known.add(item.call_id);
    const result = results.get(item.call_id);
    talk.append(result ? make("div", "call", drawItem(item, "said"), drawItem(result, "said")) : drawItem(item, "said"));
  }
  const paired = new Set();
  for (const item of said) {
    if (paired.has(item)) continue;
    const result = isCall(item) ? results.get(item.call_id) : undefined;
    if (result) {
      paired.add(result);
      talk.append(make("div", "call", drawItem(item, "said"), drawItem(result, "said")));
    } else talk.append(drawItem(item, "said"));
  }
  if (!said.length) talk.append(make("p", "empty", "No output item came back."));
  const raw = wires ? [] : turn.exchanges.map((where) => make("p", "where", "recorded in ", make("code", "", where)));
  return make("div", "turn",
    make("div", "talk",
      make("h3", "", turn.action === "user" ? turn.id : `${turn.id}: ${turn.action}`),
      make("p", "figures", turn.figures),
      talk,
      ...raw),
    findings.length ? make("div", "beside", ...findings) : null);
}

// What a compaction replaced, and what stands there now; a turn that compacts shows the latter as its answer.
function drawReplaced(wire, answered) {
  const { after, from, items, into } = wire.compacted;
  const told = [items ? counted(items, "item") : "", after ? `everything up to ${text(after)}` : ""].filter(Boolean).join(" and ");
  const list = (title, all) => (listOf(all).length
    ? make("div", "talk", make("h4", "", title), ...listOf(all).map((item) => drawItem(item, "asked"))) : null);
  const part = make("details", "replaced",
    make("summary", "", `⇢ compaction in exchange ${wire.number + 1}: ${told || "nothing"} replaced by ${counted(listOf(into).length, "item")}`),
    list("replaced", from), answered ? null : list("in its place", into));
  part.open = true;
  return part;
}

function isCall(item) {
  return item !== null && typeof item === "object" && typeof item.call_id === "string" && String(item.type).endsWith("_call");
}

function drawFinding(finding, n, at, wires) {
  const title = [finding.title, finding.page === finding.title ? "" : finding.page].filter(Boolean).join("\n\n");
  const box = make("div", `finding ${finding.level}`,
    make("p", "said", sign(finding.sign), " ", finding.message),
    make("p", "where", make("code", "", finding.rule), finding.level === "error" ? "" : ` (${finding.level})`, ` · ${finding.wire}`));
  const pair = make("dl", "pair");
  for (const name of ["expected", "actual"]) {
    if (finding[name] !== null) pair.append(make("dt", "", name), make("dd", "", make("pre", "", finding[name])));
  }
  if (finding.actual !== null) box.append(pair);
  if (finding.difference) {
    box.append(make("p", "where", "difference (- expected, + actual)"), make("pre", "", finding.difference));
  }
  if (finding.place) {
    box.append(make("p", "where", "demanded in ", make("code", "", finding.place)));
    if (finding.yaml) box.append(make("pre", "yaml", finding.yaml));
  }
  if (finding.allowed !== null) box.append(make("p", "where", `allowed by the scenario: ${finding.allowed}`));
  if (wires?.some((wire) => wire.pins?.some(([which]) => which === finding.number))) {
    const given = new URLSearchParams(hashOf({ ...current(), number: n }).slice(1));
    if (at) given.set("attempt", at);
    given.set("finding", finding.number);
    const to = link(`#${given}`, "its bytes on the wire");
    to.className = "bytes";
    box.append(make("p", "where", to));
  }
  if (title) box.append(make("details", "", make("summary", "", "Why"), make("p", "", title), make("p", "where", finding.source)));
  return box;
}

// What the baseline said beside what was said now: the words, and which items they came in.
function drawBefore(attempt) {
  const part = make("div", "before", make("h3", "", `Before, in run ${attempt.before.run} `, badge(attempt.before.verdict)));
  for (const turn of attempt.turns) {
    const base = attempt.before.turns.find((one) => one.id === turn.id);
    const [before, now] = [base ? toldBy(listOf(base.said)) : null, toldBy(listOf(turn.said))];
    if (before && JSON.stringify(before) === JSON.stringify(now)) {
      part.append(make("p", "where", `${turn.id}: the same items and the same words (${now.kinds || "no items"})`));
    } else part.append(make("div", "sides", drawSide("before", before, now), drawSide("now", now, before)));
  }
  return part;
}

// Which items came, and what was said in them.
function toldBy(said) {
  return {
    kinds: said.map((item) => (item && typeof item.type === "string" ? item.type : "item")).join(", "),
    spoken: said.flatMap((item) => (Array.isArray(item?.content) ? item.content : []))
      .map((part) => part?.text ?? part?.refusal).filter((one) => typeof one === "string"),
  };
}

// One side; of each text the part that is not as on the other side is underlined.
function drawSide(name, told, other) {
  if (told === null) return make("div", "side", make("h4", "", name), make("p", "empty", "The baseline has no such turn."));
  return make("div", "side", make("h4", "", name), make("p", "where", told.kinds || "no items"),
    ...told.spoken.map((one, n) => make("p", "words", ...differing(one, other?.spoken[n]))));
}

function differing(one, other) {
  if (other === undefined || one === other) return [one];
  let start = 0;
  while (start < Math.min(one.length, other.length) && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  if (start && isHalf(one, start)) start -= 1; // never between the halves of one character
  if (end && isHalf(one, one.length - end)) end -= 1;
  const middle = one.slice(start, one.length - end);
  return [one.slice(0, start), middle ? make("mark", "", middle) : null, end ? one.slice(one.length - end) : ""];
}

function isHalf(one, at) {
  return (one.charCodeAt(at) & 0xfc00) === 0xdc00;
}
