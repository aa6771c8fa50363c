// Items as a person reads them; what has no form of its own is shown as the JSON that it is.
function drawItem(item, side) {
  if (typeof item === "string") return box(side, side === "asked" ? "user" : "", words(item));
  if (item === null || typeof item !== "object") return box(side, "", json(item));
  if ("$cut" in item) return box(side, "", words(cut(item)));
  const type = typeof item.type === "string" ? item.type : "role" in item ? "message" : "";
  if (type === "message") return box(side, text(item.role), ...contentOf(item.content));
  if (type === "reasoning") return drawReasoning(item, side);
  if (type === "compaction" || type === "compaction_summary") return drawCompaction(item, side);
  if (type === "mcp_list_tools") return drawTools(item, side);
  if (type === "mcp_approval_request") {
    return box(side, `asks leave to call ${[item.server_label, item.name].map(text).join(" / ")} (${text(item.id)})`, value(item.arguments ?? null));
  }
  if (type === "mcp_approval_response") {
    const said = item.approve === true ? "✓ allowed" : item.approve === false ? "✕ refused" : "answer without a decision";
    return box(side, `${said}: ${text(item.approval_request_id)}`, item.reason ? words(text(item.reason)) : null);
  }
  if (type.endsWith("_call_output")) {
    return box(side, `result of ${text(item.call_id)} (${type})`, value(item.output ?? item));
  }
  if (type.endsWith("_call")) {
    const named = [item.server_label, item.name].filter((one) => typeof one === "string").join(" / ");
    const asked = item.arguments ?? item.input ?? item.action ?? item.code ?? item.queries ?? null;
    return box(side, `calls ${named || type} (${text(item.call_id ?? item.id)})`,
      asked === null ? null : value(asked),
      "output" in item && item.output !== null ? value(item.output) : null,
      type === "image_generation_call" ? drawPicture(item) : value(item.result ?? null, true));
  }
  return box(side, type, json(item));
}

// A picture from the item, or from the wire where the item's text was cut.
function drawPicture(item) {
  const coded = typeof item.result === "string" ? item.result : pictures.get(item.id);
  const size = sizeOfText(item.result);
  if (!coded && !size) return null;
  return (coded && thumbnail(coded)) ?? make("p", "where", `a picture of ${number(size)} characters that is not drawn here; the exchange has it`);
}

let pictures = new Map();

function drawTools(item, side) {
  const tools = listOf(item.tools).map((tool) => make("li", "", make("code", "", text(tool?.name)), tool?.description ? ` ${text(tool.description)}` : ""));
  return box(side, `tools of ${text(item.server_label)}`,
    tools.length ? make("ul", "", ...tools) : make("p", "where", "no tools"), item.error ? value(item.error) : null);
}

// How long a text is, also one of which only the beginning is left.
function sizeOfText(one) {
  return typeof one === "string" ? one.length : typeof one?.bytes === "number" ? one.bytes : 0;
}

function drawReasoning(item, side) {
  const parts = [...(Array.isArray(item.summary) ? item.summary : []), ...(Array.isArray(item.content) ? item.content : [])];
  const size = sizeOfText(item.encrypted_content);
  const coded = size ? `${number(size)} characters of encrypted content` : "";
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
    if (part.type === "input_image" || part.type === "computer_screenshot") {
      return make("div", "", make("h4", "", "image"), thumbnail(part.image_url) ?? json(part));
    }
    if (part.type === "input_file") return drawFile(part);
    if (part.text !== undefined && part.text !== null) {
      const notes = Array.isArray(part.annotations) && part.annotations.length ? json(part.annotations) : null;
      return make("div", "", value(part.text), notes);
    }
    return make("div", "", make("h4", "", text(part.type)), json(part));
  });
}

function value(one, absent) {
  if (absent && one === null) return null;
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

function drawFile(part) {
  const size = typeof part.file_data === "string" ? ` (${number(part.file_data.length)} characters of data)` : "";
  const name = text(part.filename ?? part.file_id ?? part.file_url ?? "without a name");
  return make("div", "", make("h4", "", "file"), words(`${name}${size}`));
}

function drawCompaction(item, side) {
  const size = sizeOfText(item.encrypted_content);
  return box(side, "compaction", words("stands in place of what was said before"),
    make("p", "where", size ? `${number(size)} characters of encrypted content` : "no encrypted content"));
}

// Images are shown from their own bytes alone, and only where their first bytes say that they are small enough.
const LARGEST = 2_000_000;
const PIXELS = 20_000_000;
const STARTS = { iVBORw0KGgo: "png", "/9j/": "jpeg", R0lGOD: "gif", UklGR: "webp" };

function thumbnail(given) {
  if (typeof given !== "string" || given.length > LARGEST) return null;
  const coded = given.startsWith("data:image/") ? given.slice(given.indexOf(",") + 1) : given;
  const kind = Object.entries(STARTS).find(([start]) => coded.startsWith(start))?.[1];
  if (!kind || !/^[A-Za-z0-9+/]+=*$/.test(coded)) return null;
  let size;
  try {
    size = sizeOf(kind, Uint8Array.from(atob(coded), (character) => character.charCodeAt(0)));
  } catch { return null; }
  if (!size || size[0] * size[1] > PIXELS || !size[0] || !size[1]) return null;
  const image = make("img", "thumbnail");
  image.src = `data:image/${kind};base64,${coded}`;
  image.alt = `${kind} image, ${size[0]} × ${size[1]} pixels`;
  image.loading = "lazy";
  return make("figure", "", image, make("figcaption", "where", image.alt));
}

function sizeOf(kind, bytes) {
  const at = new DataView(bytes.buffer);
  if (kind === "png") return [at.getUint32(16), at.getUint32(20)];
  if (kind === "gif") return [at.getUint16(6, true), at.getUint16(8, true)];
  if (kind === "webp") return sizeOfWebp(at, String.fromCharCode(...bytes.subarray(12, 16)));
  for (let n = 2; n + 9 < bytes.length; n += 2 + at.getUint16(n + 2)) {
    if (bytes[n] !== 0xff) return null;
    const marker = bytes[n + 1];
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return [at.getUint16(n + 7), at.getUint16(n + 5)];
  }
  return null;
}

// The three kinds of WebP name their size each in its own way.
function sizeOfWebp(at, chunk) {
  if (chunk === "VP8X") return [1 + (at.getUint32(24, true) & 0xffffff), 1 + (at.getUint32(26, true) >>> 8)];
  if (chunk === "VP8L") return [1 + (at.getUint32(21, true) & 0x3fff), 1 + ((at.getUint32(21, true) >>> 14) & 0x3fff)];
  if (chunk === "VP8 ") return [at.getUint16(26, true) & 0x3fff, at.getUint16(28, true) & 0x3fff];
  return null;
}
