import { expect, test } from "vitest";
import type { FakeBodyOptions } from "../testing/fake-body.ts";
import type { BodyProcessorDefinition } from "./body-processor.ts";
import { readBody } from "../testing/fake-body.ts";
import { bodyProcessors } from "./index.ts";
import { json } from "./json.ts";
import { multipart } from "./multipart.ts";
import { urlencoded } from "./urlencoded.ts";
import { xml } from "./xml.ts";

/** User and system together: the system divides them by guess, only their sum is exact. */
const cpuMicroseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

const MEGABYTE = 1_048_576;
const LIMIT = 1000;
const type = { contentType: "multipart/form-data; boundary=B" };
const part = '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nvalue\r\n';
const upload = '--B\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n';

/** Fills up to the size, between a beginning and an end. */
const fill = (unit: string, size: number, begin = "", end = ""): string =>
  begin + unit.repeat(Math.ceil((size - begin.length - end.length) / unit.length)) + end;

interface Row {
  readonly what: string;
  readonly processor: BodyProcessorDefinition;
  readonly text: string;
  readonly options?: FakeBodyOptions;
  readonly error: RegExp | undefined;
}

const rows: readonly Row[] = [
  { what: "100,000 form fields", processor: urlencoded, text: fill("a=1&", 400_000), error: undefined },
  { what: "100,000 fields without a value", processor: urlencoded, text: fill("a&", 200_000), error: undefined },
  { what: "a megabyte of escapes", processor: urlencoded, text: fill("%41", MEGABYTE), error: undefined },
  { what: "10 MB of JSON, 10,000 levels deep", processor: json, text: fill("[1,", 10 * MEGABYTE), error: /recursion/ },
  { what: "10 MB of JSON, 10,000 levels deep, that the limit allows", processor: json, text: fill(" ", 10 * MEGABYTE, '{"a":'.repeat(10_000), `1${"}".repeat(10_000)}`), options: { settings: { requestBodyJsonDepthLimit: 10_000 } }, error: undefined },
  { what: "10 MB of one JSON string", processor: json, text: fill("\\u00e9x", 10 * MEGABYTE, '["', '"]'), error: undefined },
  { what: "a megabyte of open objects that are keys", processor: json, text: fill('{"a', MEGABYTE), error: /invalid|recursion/ },
  { what: "an XML document of empty elements", processor: xml, text: fill("<a/>", 10 * MEGABYTE, "<r>", "</r>"), error: /more than 200000/ },
  { what: "XML that is nested without end", processor: xml, text: fill("<a>", 10 * MEGABYTE), error: /nested more than/ },
  { what: "unknown entities", processor: xml, text: fill("&lol9;", 10 * MEGABYTE, "<r>", "</r>"), error: /undefined entity/ },
  { what: "a bomb of entities", processor: xml, text: `<!DOCTYPE r [<!ENTITY a "${"x".repeat(1000)}">${fill('<!ENTITY b "&a;&a;">', 100_000)}]><r>&b;</r>`, error: /document types/ },
  { what: "many attributes", processor: xml, text: `<r ${Array.from({ length: 50_000 }, (_, at) => `a${at}='v'`).join(" ")}/>`, error: undefined },
  { what: "10,000 parts", processor: multipart, text: fill(part, part.length * 9999, "", "--B--\r\n"), options: type, error: undefined },
  { what: "a million parts", processor: multipart, text: fill("--B\r\n", 5 * MEGABYTE), options: type, error: /more than 10000 parts/ },
  { what: "a 12 MB upload", processor: multipart, text: fill("\0\xff-\r\n--", 12 * MEGABYTE, upload, "\r\n--B--\r\n"), options: type, error: undefined },
  { what: "a part with a megabyte of header lines", processor: multipart, text: fill("X: y\r\n", MEGABYTE, "--B\r\n", "\r\n--B--\r\n"), options: type, error: undefined },
  { what: "a part with a megabyte of folded lines", processor: multipart, text: fill(" x\r\n", MEGABYTE, "--B\r\nX: y\r\n", "\r\n--B--\r\n"), options: type, error: undefined },
  { what: "a megabyte of disposition parameters", processor: multipart, text: fill('; name="a"', MEGABYTE, "--B\r\nContent-Disposition: form-data", "\r\n\r\n1\r\n--B--\r\n"), options: type, error: undefined },
  { what: "a megabyte of almost boundaries", processor: multipart, text: fill("\r\n-- B", MEGABYTE), options: type, error: /no boundary/ },
  { what: "a boundary line of a megabyte", processor: multipart, text: fill("x", MEGABYTE, "--B"), options: type, error: /final boundary/ },
  { what: "a Content-Type of a megabyte", processor: multipart, text: "--B--", options: { contentType: fill("boundary ", MEGABYTE, "multipart/form-data; ") }, error: /names no boundary/ },
]; // prettier-ignore

/** Milliseconds of CPU time of the best of three runs: what else runs on the machine does not count. */
function cost(run: () => void): number {
  let best = Infinity;
  for (let at = 0; at < 3 && best > LIMIT; at++) {
    const before = cpuMicroseconds();
    run();
    best = Math.min(best, (cpuMicroseconds() - before) / 1000);
  }
  return best;
}

test.each(rows)("$what: under a second", ({ processor, text, options = {}, error }) => {
  let body: ReturnType<typeof readBody> | undefined;
  expect(cost(() => (body = readBody(processor, text, options)))).toBeLessThan(LIMIT);
  if (error === undefined) expect(body?.error).toBeUndefined();
  else expect(body?.error).toMatch(error);
});

test.each(bodyProcessors)("$name takes a megabyte of NULs, of invalid UTF-8 and of line feeds", (processor) => {
  for (const unit of ["\0", "\xff\xc0\xed\xa0\x80", "\n", "\r\n"]) {
    expect(cost(() => void readBody(processor, fill(unit, MEGABYTE), type))).toBeLessThan(LIMIT);
  }
});
