import { seededRandom } from "../statistics.ts";
import type { HeaderLine, WorkloadTransaction } from "../workload.ts";

/** An input that costs an engine more than traffic does. */
export interface WorstInput {
  readonly name: string;
  /** Milliseconds at level 4 on one core of the reference machine; undefined when nothing is promised. */
  readonly limitMs: number | undefined;
  readonly transaction: WorkloadTransaction;
}

const KB64 = 65_536;

const agent: readonly HeaderLine[] = [
  ["Host", "www.example.com"],
  ["User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
  ["Accept", "*/*"],
];

/** Texts of 64 KB, each made to keep a part of the rule set busy. */
const hostileTexts: Readonly<Record<string, () => string>> = {
  "SQL words": () => fill("select union from where and or like having sleep( benchmark( 1=1 ", KB64),
  quotes: () => fill("'\"`\\;", KB64),
  "open tags": () => fill("<a onx=", KB64),
  "script prefixes": () => fill("<script <style javascript: vbscript: on", KB64),
  "shell words": () => fill("; cat /etc/ | ls & wget $( ` ${ ", KB64),
  "path steps": () => fill("../..\\", KB64),
  "percent escapes": () => fill("%25%32%35%75", KB64),
  entities: () => fill("&lt;&#x3c;&#60;&quot;", KB64),
  comments: () => fill("/*!*/--#", KB64),
  "template braces": () => fill("{{${#{<%=", KB64),
  "one letter": () => "a".repeat(KB64),
  spaces: () => " ".repeat(KB64),
  digits: () => fill("1 0x1 1e1 ", KB64),
  "base64 letters": () => noise(KB64, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
  "printable noise": () => noise(KB64, printable()),
  "binary noise": () => noise(KB64, highBytes()),
};

/** Short texts on which backtracking matchers of CRS patterns take seconds. */
const redosTexts: Readonly<Record<string, () => string>> = {
  "blanks after a word": () => `select${" ".repeat(8000)}x`,
  "nested quotes": () => `${"'a".repeat(4000)}!`,
  "tag of attributes": () => `<x ${"a=b ".repeat(2000)}`,
  "dotted name": () => `${"a.".repeat(4000)}!`,
  "open parentheses": () => `${"if(".repeat(2700)}`,
  "assignment chain": () => `${"a=".repeat(4000)}(`,
  "slashes and stars": () => `${"/*".repeat(4000)}`,
  "shell blanks": () => `;${"$IFS".repeat(2000)}c`,
  "letters and blanks": () => `${"a ".repeat(4000)}=`,
};

/** All worst cases. Names of a family share the text before the colon. */
export function worstInputs(json53k: WorkloadTransaction | undefined): WorstInput[] {
  const inputs: WorstInput[] = [];
  for (const [kind, text] of Object.entries(hostileTexts)) {
    inputs.push({ name: `64 KB argument: ${kind}`, limitMs: 250, transaction: form(`hostile ${kind}`, { q: text() }) });
  }
  for (const [kind, text] of Object.entries(redosTexts)) {
    inputs.push({
      name: `ReDoS string: ${kind}`,
      limitMs: undefined,
      transaction: form(`redos ${kind}`, { q: text() }),
    });
  }
  inputs.push(
    { name: "800 KB JSON: records", limitMs: 400, transaction: json("json 800k", records(800_000)) },
    { name: "800 KB JSON: one text", limitMs: 400, transaction: json("json 800k text", oneText(800_000)) },
    { name: "deep JSON", limitMs: undefined, transaction: json("json deep", deep(1000)) },
    { name: "1,000 arguments", limitMs: 40, transaction: form("1000 arguments", manyArguments(1000)) },
    { name: "12 MB octet-stream", limitMs: 80, transaction: upload(12_000_000) },
    { name: "1,000-part multipart", limitMs: 80, transaction: multipart(1000) },
  );
  if (json53k !== undefined) inputs.push({ name: "53 KB JSON", limitMs: undefined, transaction: json53k });
  return inputs;
}

/** A POST of a form. */
export function form(name: string, fields: Readonly<Record<string, string>>): WorkloadTransaction {
  const body = new URLSearchParams(fields).toString();
  return post(name, "application/x-www-form-urlencoded", Buffer.from(body, "latin1"));
}

/** A POST of JSON text. */
export function json(name: string, text: string): WorkloadTransaction {
  return post(name, "application/json", Buffer.from(text, "utf8"));
}

/** Ordinary prose, different for every seed. */
export function prose(bytes: number, seed: number): string {
  const random = seededRandom(seed);
  let text = "";
  while (text.length < bytes) text += `${WORDS[Math.floor(random() * WORDS.length)]!} `;
  return text.slice(0, bytes);
}

const WORDS =
  "morning river table window garden paper travel bottle winter letter music island market simple bridge corner summer forest yellow silver".split(
    " ",
  );

function post(name: string, type: string, body: Buffer): WorkloadTransaction {
  return {
    name,
    class: "benign",
    method: "POST",
    uri: "/submit",
    protocol: "HTTP/1.1",
    headers: [...agent, ["Content-Type", type], ["Content-Length", String(body.length)]],
    body: "",
    bodyBase64: body.toString("base64"),
    response: { status: 204, headers: [["Server", "nginx"]], body: "" },
  };
}

function records(bytes: number): string {
  const items: object[] = [];
  for (let size = 0, id = 1; size < bytes; id++) {
    const item = { id, name: prose(24, id), text: prose(4200, id + 7_000_000), price: id / 100, open: id % 2 === 0 };
    items.push(item);
    size += JSON.stringify(item).length + 1;
  }
  return JSON.stringify({ items });
}

function oneText(bytes: number): string {
  return JSON.stringify({ text: prose(bytes, 3) });
}

function deep(depth: number): string {
  return `${'{"a":['.repeat(depth / 2)}1${"]}".repeat(depth / 2)}`;
}

function manyArguments(count: number): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let at = 0; at < count; at++) fields[`field_${at}`] = prose(20, at + 1);
  return fields;
}

function upload(bytes: number): WorkloadTransaction {
  const body = Buffer.alloc(bytes);
  const random = seededRandom(11);
  for (let at = 0; at + 4 <= bytes; at += 4) body.writeUInt32LE(Math.floor(random() * 4_294_967_296), at);
  return post("upload 12m", "application/octet-stream", body);
}

function multipart(count: number): WorkloadTransaction {
  const boundary = "----boundary7MA4YWxkTrZu0gW";
  let body = "";
  for (let at = 0; at < count; at++) {
    body += `--${boundary}\r\nContent-Disposition: form-data; name="part_${at}"\r\n\r\n${prose(40, at + 1)}\r\n`;
  }
  const bytes = Buffer.from(`${body}--${boundary}--\r\n`, "latin1");
  return post("multipart 1000", `multipart/form-data; boundary=${boundary}`, bytes);
}

function fill(text: string, bytes: number): string {
  return text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes);
}

function noise(bytes: number, alphabet: string): string {
  const random = seededRandom(5);
  let text = "";
  for (let at = 0; at < bytes; at++) text += alphabet[Math.floor(random() * alphabet.length)]!;
  return text;
}

function printable(): string {
  let text = "";
  for (let code = 32; code < 127; code++) text += String.fromCharCode(code);
  return text;
}

function highBytes(): string {
  let text = "";
  for (let code = 128; code < 256; code++) text += String.fromCharCode(code);
  return text;
}
