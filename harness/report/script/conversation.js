// One case: its turns as a conversation, findings beside them. Details lie in compressed parts of the page.
const chunk = data("chunk-data");
const opened = new Map();

async function detailOf(n) {
  const part = Math.floor(n / chunk);
  if (!opened.has(part)) opened.set(part, openPart(part));
  return (await opened.get(part))[n % chunk];
}

async function openPart(part) {
  const coded = JSON.parse(document.querySelector(`script[data-part="${part}"]`).textContent);
  const bytes = Uint8Array.from(atob(coded), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function drawCase(n, detail) {
  const row = rows[n];
  const view = document.createDocumentFragment();
  view.append(
    make("p", "", badge(row[AT.outcome])),
    make("h1", "", row[AT.title]),
    make("p", "where", make("code", "", detail.case)),
    detail.place ? make("p", "where", "scenario at ", make("code", "", detail.place)) : "",
    make("p", "where", "run it again: ", make("code", "", detail.reproduce)),
  );
  if (!detail.attempts.length) {
    view.append(make("p", "empty", "This case was planned; the run ended before it was finished."));
  }
  for (const attempt of detail.attempts) view.append(drawAttempt(attempt, detail.attempts.length));
  return view;
}

function drawAttempt(attempt, count) {
  const section = make("section", "attempt");
  section.append(count > 1
    ? make("h2", "", `Attempt ${attempt.attempt} `, badge(attempt.verdict))
    : make("h2", "", "Conversation"));
  const facts = make("dl", "caseline");
  for (const [name, value] of attempt.facts) facts.append(make("div", "", make("dt", "", name), make("dd", "", value)));
  section.append(facts);
  if (attempt.reason) section.append(make("p", "reason", attempt.reason));
  const turns = new Set(attempt.turns.map((turn) => turn.id));
  const homeless = attempt.findings.filter((finding) => !turns.has(finding.turn));
  if (homeless.length) section.append(make("div", "beside", ...homeless.map(drawFinding)));
  for (const turn of attempt.turns) {
    section.append(drawTurn(turn, attempt.findings.filter((finding) => finding.turn === turn.id)));
  }
  if (!attempt.turns.length) section.append(make("p", "empty", "Nothing was sent."));
  return section;
}

function drawTurn(turn, findings) {
  const talk = make("div", "talk");
  const asked = Array.isArray(turn.asked) ? turn.asked : turn.asked === null ? [] : [turn.asked];
  for (const item of asked) talk.append(drawItem(item, "asked"));
  for (const item of turn.said) talk.append(drawItem(item, "said"));
  if (!turn.said.length) talk.append(make("p", "empty", "No output item came back."));
  const raw = turn.exchanges.map((where) => make("p", "where", "recorded in ", make("code", "", where)));
  return make("div", "turn",
    make("div", "talk",
      make("h3", "", turn.action === "user" ? turn.id : `${turn.id}: ${turn.action}`),
      make("p", "figures", turn.figures),
      talk,
      ...raw),
    findings.length ? make("div", "beside", ...findings.map(drawFinding)) : null);
}

function drawFinding(finding) {
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
  if (title) box.append(make("details", "", make("summary", "", "Why"), make("p", "", title), make("p", "where", finding.source)));
  return box;
}

// Items as a person reads them; what has no form of its own is shown as the JSON that it is.
function drawItem(item, side) {
  if (typeof item === "string") return box(side, side === "asked" ? "user" : "", words(item));
  if (item === null || typeof item !== "object") return box(side, "", json(item));
  if ("$cut" in item) return box(side, "", words(cut(item)));
  const type = typeof item.type === "string" ? item.type : "role" in item ? "message" : "";
  if (type === "message") return box(side, text(item.role), ...contentOf(item.content));
  if (type === "reasoning") return drawReasoning(item, side);
  if (type.endsWith("_call_output") || type === "mcp_approval_response") {
    return box(side, `result of ${text(item.call_id ?? item.approval_request_id)} (${type})`, value(item.output ?? item));
  }
  if (type.endsWith("_call")) {
    const named = [item.server_label, item.name].filter((one) => typeof one === "string").join(" / ");
    const asked = item.arguments ?? item.input ?? item.action ?? item.code ?? item.queries ?? null;
    return box(side, `calls ${named || type} (${text(item.call_id ?? item.id)})`,
      asked === null ? null : value(asked), "output" in item && item.output !== null ? value(item.output) : null);
  }
  return box(side, type, json(item));
}

function drawReasoning(item, side) {
  const parts = [...(Array.isArray(item.summary) ? item.summary : []), ...(Array.isArray(item.content) ? item.content : [])];
  const coded = typeof item.encrypted_content === "string" ? `${item.encrypted_content.length} characters of encrypted content` : "";
  const inner = parts.flatMap((part) => contentOf([part]));
  if (coded) inner.push(make("p", "where", coded));
  if (!inner.length) inner.push(make("p", "where", "no summary"));
  return box(side, "reasoning", ...inner);
}

function contentOf(content) {
  if (!Array.isArray(content)) return [typeof content === "string" ? words(content) : value(content)];
  return content.map((part) => {
    if (part === null || typeof part !== "object") return value(part);
    if (part.type === "refusal" && typeof part.refusal === "string") return make("div", "", make("h4", "", "refuses"), words(part.refusal));
    if (part.text !== undefined && part.text !== null) {
      const notes = Array.isArray(part.annotations) && part.annotations.length ? json(part.annotations) : null;
      return make("div", "", value(part.text), notes);
    }
    return make("div", "", make("h4", "", text(part.type)), json(part));
  });
}

function value(one) {
  if (typeof one === "string") {
    try {
      const inner = JSON.parse(one);
      if (inner !== null && typeof inner === "object") return json(inner);
    } catch { /* it is a text */ }
    return words(one);
  }
  if (one !== null && typeof one === "object" && "$cut" in one) return words(cut(one));
  if (Array.isArray(one) && one.some((part) => part && typeof part.text === "string")) return make("div", "", ...contentOf(one));
  return json(one);
}

function cut(one) {
  return `${one.$cut} … (cut: ${one.bytes} bytes, sha256 ${one.sha256})`;
}

function text(one) {
  return typeof one === "string" ? one : one === undefined || one === null ? "" : JSON.stringify(one);
}

function words(one) {
  return make("p", "words", one);
}

function json(one) {
  return make("pre", "", JSON.stringify(one ?? null, null, 2));
}

function box(side, label, ...inner) {
  return make("div", `item ${side}`, label ? make("h4", "", label) : null, ...inner);
}
