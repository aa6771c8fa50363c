// What is typed into the filter: words that stand anywhere in a case, and fields such as verdict:failed or ttft>2s.
// field:part  field=whole  field>2s  field:this,that  "two words"  -field:not
const FIELDS = {
  verdict: ["text", "outcome"], title: ["text", "title"], id: ["text", "case"], scenario: ["text", "scenario"],
  target: ["text", "target"], region: ["text", "region"], model: ["text", "model"], feature: ["text", "feature"],
  mode: ["text", "mode"], delivery: ["mode", 0], state: ["mode", 1], client: ["mode", 2], values: ["text", "row"],
  rule: ["list", "rules"], owner: ["text", "owner"], tag: ["list", "tags"], message: ["text", "message"],
  cause: ["number", "cause"], gate: ["list", "gate"], change: ["text", "change"], flaky: ["flag", "flaky"],
  ttft: ["time", "ttft"], took: ["time", "seconds"], tokens: ["number", "tokens"], findings: ["number", "findings"],
  attempts: ["number", "attempts"], repeats: ["number", "repeat"],
};
const WORD = /(-?)([a-z]+)(>=|<=|[:=<>])("(?:\\.|[^"\\])*"?|\S*)|(-?)"((?:\\.|[^"\\])*)"?|(\S+)/gi;

function parseQuery(text) {
  const tests = [];
  const hints = [];
  for (const [all, not, name, sign, value, notText, quotedText, word] of text.matchAll(WORD)) {
    const field = name && FIELDS[name.toLowerCase()];
    if (field) {
      const test = fieldTest(field, sign, alternatives(value), hints, all);
      if (test) tests.push(not ? (row) => !test(row) : test);
    } else {
      if (name && /^[a-z]+$/i.test(name) && sign !== ":") hints.push(`“${name}” is no field: it is looked for as text`);
      tests.push(textTest(quotedText === undefined ? word ?? all : unquoted(`"${quotedText}"`), Boolean(notText)));
    }
  }
  return { test: (row, n) => tests.every((one) => one(row, n)), hints, some: tests.length > 0 };
}

function unquoted(value) {
  return value.startsWith('"') ? value.replace(/^"|"$/g, "").replace(/\\(.)/g, "$1") : value;
}

function alternatives(value) {
  return (value.startsWith('"') ? [unquoted(value)] : value.split(",")).map((one) => one.toLowerCase());
}

function textTest(word, not) {
  const wanted = word.toLowerCase();
  return (row, n) => texts(n).includes(wanted) !== not;
}

function fieldTest([kind, at], sign, wanted, hints, all) {
  if (kind === "number" || kind === "time") return numberTest(kind, AT[at], sign, wanted, hints, all);
  if (sign.includes("<") || sign.includes(">")) {
    hints.push(`“${all}” compares what is no number`);
    return null;
  }
  const whole = sign === "=";
  const fits = (value) => wanted.some((one) => (whole ? value === one : value.includes(one)));
  if (kind === "mode") return (row) => fits((row[AT.mode].split("-")[at] ?? "").toLowerCase());
  if (kind === "flag") return (row) => wanted.some((one) => "yes".startsWith(one || "yes") === Boolean(row[AT[at]]));
  if (kind === "list") return (row) => row[AT[at]].some((value) => fits(value.toLowerCase()));
  if (at === "outcome") wanted = wanted.map((one) => one.replace("-", " "));
  return (row) => fits(String(row[AT[at]]).toLowerCase());
}

function numberTest(kind, column, sign, wanted, hints, all) {
  const limits = wanted.map((one) => {
    const found = /^(\d+(?:\.\d+)?)(ms|s|min|k)?$/.exec(one);
    return found ? Number(found[1]) * ({ ms: 0.001, min: 60, k: 1000 }[found[2]] ?? 1) : NaN;
  });
  if (limits.some(Number.isNaN)) {
    hints.push(`“${all}” needs a number${kind === "time" ? " of seconds, such as 2s or 300ms" : ""}`);
    return null;
  }
  const test = {
    ">": (a, b) => a > b, "<": (a, b) => a < b, ">=": (a, b) => a >= b, "<=": (a, b) => a <= b,
  }[sign] ?? ((a, b) => a === b);
  return (row) => row[column] !== null && limits.some((limit) => test(row[column], limit));
}
