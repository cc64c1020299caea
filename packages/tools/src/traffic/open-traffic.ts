import { closeSync, createReadStream, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildRequest, findTestFiles, parseLenient, readTestFile } from "@cuirass/ftw";
import type { RecordedExchange } from "./recorded-exchange.ts";
import { isHar, readHar } from "./har.ts";
import { looksCurl, readCurl } from "./curl.ts";
import { readJsonRecord } from "./json-record.ts";
import { parseJsonBytes } from "./json-text.ts";
import { looksRaw, readRawRequest } from "./raw-request.ts";
import { TrafficError } from "./recorded-exchange.ts";
import { JsonSplitter } from "./split-json.ts";

/** A piece of recorded traffic, small enough to be handed to a worker thread. */
export type TrafficBatch =
  | { readonly kind: "exchanges"; readonly exchanges: readonly RecordedExchange[]; readonly weight: number }
  /** JSON records one after the other, not yet parsed: whoever evaluates them parses them. */
  | {
      readonly kind: "json";
      readonly bytes: Uint8Array;
      readonly ends: readonly number[];
      readonly from: number;
      readonly file: string;
      readonly weight: number;
    };

/** Recorded traffic that can be read once. */
export interface Traffic {
  /** In the unit of the batches' weights; what share of it was read is the progress. */
  readonly totalWeight: number;
  batches(): AsyncIterable<TrafficBatch>;
}

const BATCH_BYTES = 2 * 1024 * 1024;
const BATCH_COUNT = 64;

/**
 * Opens recorded traffic: audit logs and other JSON records (an array, or one after the other), HAR, CRS test YAML, raw
 * requests, curl command lines, and folders of any of these.
 * @throws TrafficError when a path is not there or cannot be recognised.
 */
export function openTraffic(paths: readonly string[]): Traffic {
  const files = paths.flatMap(filesOf);
  if (files.length === 0) throw new TrafficError(`no recorded traffic in ${paths.join(", ")}`);
  const totalWeight = files.reduce((sum, file) => sum + Math.max(1, statSync(file).size), 0);
  return { totalWeight, batches: () => readFiles(files) };
}

/** All of it at once, for traffic that fits into memory. */
export async function readTraffic(paths: readonly string[]): Promise<RecordedExchange[]> {
  const all: RecordedExchange[] = [];
  for await (const batch of openTraffic(paths).batches()) all.push(...exchangesOf(batch));
  return all;
}

/** The exchanges of a batch, parsed if they are not yet. */
export function exchangesOf(batch: TrafficBatch): readonly RecordedExchange[] {
  if (batch.kind === "exchanges") return batch.exchanges;
  const { bytes, ends, from, file } = batch;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return ends.map((end, at) => {
    const name = `${file}#${from + at}`;
    const record = buffer.subarray(at === 0 ? 0 : ends[at - 1]!, end);
    let value: unknown;
    try {
      value = parseJsonBytes(record);
    } catch (error) {
      throw new TrafficError(`${name}: ${(error as Error).message}`);
    }
    return readJsonRecord(value, name);
  });
}

function filesOf(path: string): string[] {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(path).isDirectory();
  } catch {
    throw new TrafficError(`there is no file or folder ${path}`);
  }
  if (!isDirectory) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith(".") && !/overrides\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function* readFiles(files: readonly string[]): AsyncIterable<TrafficBatch> {
  let pending: RecordedExchange[] = [];
  let weight = 0;
  let bytes = 0;
  const flush = (): TrafficBatch => {
    const batch = { kind: "exchanges", exchanges: pending, weight } as const;
    [pending, weight, bytes] = [[], 0, 0];
    return batch;
  };
  for (const file of files) {
    const size = Math.max(1, statSync(file).size);
    if (isJsonStream(file)) {
      yield* readJsonFile(file);
      continue;
    }
    const exchanges = readWholeFile(file);
    for (const [at, exchange] of exchanges.entries()) {
      pending.push(exchange);
      bytes += exchange.body.length + (exchange.response?.body.length ?? 0) + 2000;
      weight += at === 0 ? size : 0;
      if (pending.length >= BATCH_COUNT || bytes >= BATCH_BYTES) yield flush();
    }
    if (exchanges.length === 0) weight += size;
  }
  if (pending.length > 0 || weight > 0) yield flush();
}

/** JSON that is no HAR is read in pieces: audit logs grow large. */
function isJsonStream(file: string): boolean {
  const start = Buffer.alloc(4096);
  const handle = openSync(file, "r");
  const length = readSync(handle, start);
  closeSync(handle);
  const text = start.toString("latin1", 0, length);
  return /^\s*[[{]/.test(text) && !/^\s*\{\s*"log"\s*:/.test(text);
}

async function* readJsonFile(file: string): AsyncIterable<TrafficBatch> {
  const splitter = new JsonSplitter();
  let values: Buffer[] = [];
  let bytes = 0;
  let count = 0;
  let weight = 0;
  const flush = (): TrafficBatch => {
    const batch = { kind: "json", ...joined(values), from: count + 1, file, weight } as const;
    count += values.length;
    [values, bytes, weight] = [[], 0, 0];
    return batch;
  };
  for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    weight += piece.length;
    for (const value of splitter.push(piece)) {
      values.push(value);
      bytes += value.length;
      if (bytes >= BATCH_BYTES || values.length >= BATCH_COUNT) yield flush();
    }
  }
  if (splitter.unfinished) throw new TrafficError(`${file}: the file ends within a record`);
  if (values.length > 0 || weight > 0) yield flush();
}

/** In memory of their own, so that it can be handed over to another thread. */
function joined(values: readonly Buffer[]): { readonly bytes: Uint8Array; readonly ends: readonly number[] } {
  const bytes = new Uint8Array(values.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  const ends = values.map((value) => {
    bytes.set(value, end);
    return (end += value.length);
  });
  return { bytes, ends };
}

function readWholeFile(file: string): readonly RecordedExchange[] {
  const bytes = readFileSync(file);
  if (/\.ya?ml$/i.test(file)) return readTests(file);
  const text = bytes.toString("latin1");
  if (/^\s*\{/.test(text)) {
    const value = parseHar(bytes, file);
    if (isHar(value)) return readHar(value, file);
    throw new TrafficError(`${file}: JSON with "log" that is no HAR file`);
  }
  if (looksCurl(text))
    return curlCommands(bytes.toString("utf8")).map((command, at) => readCurl(command, `${file}#${at + 1}`));
  if (looksRaw(text)) return [readRawRequest(text, file)];
  throw new TrafficError(`${file}: expected JSON records, a HAR file, CRS tests, a raw request or a curl command line`);
}

function parseHar(bytes: Buffer, file: string): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new TrafficError(`${file}: ${(error as Error).message}`);
  }
}

/** A file with several command lines, each on lines of its own, continued by backslashes. */
function curlCommands(text: string): string[] {
  return text
    .split(/^(?=\s*(?:\$\s+)?curl(?:\.exe)?\s)/m)
    .map((command) => command.trim().replace(/[;&\s]+$/, ""))
    .filter((command) => looksCurl(command));
}

function readTests(file: string): RecordedExchange[] {
  return findTestFiles(file)
    .flatMap(readTestFile)
    .flatMap((test) =>
      test.stages.map(({ input, output }, stage): RecordedExchange => {
        const raw = buildRequest(input);
        const name = test.stages.length === 1 ? test.id : `${test.id} stage ${stage + 1}`;
        // A test that only says which rules must stay silent is no attack.
        const kind = (output.expectIds ?? []).length > 0 || output.logContains !== undefined ? "attack" : "benign";
        return { name, ...parseLenient(raw), raw, kind };
      }),
    );
}
