import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { FtwTest, Stage, StageInput, StageOutput } from "./ftw-test.ts";

/** Files that hold tests, sorted by path; a path to one file yields just that. */
export function findTestFiles(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.ya?ml$/.test(name) && !/overrides\.ya?ml$/.test(name))
    .map((name) => join(path, name))
    .sort();
}

/** Tests of one file; none when it is empty or switched off. Throws with the file's name when it is no test file. */
export function readTestFile(file: string): FtwTest[] {
  const document: unknown = parse(readFileSync(file, "utf8"));
  if (document === null || document === undefined) return [];
  const root = record(document, file);
  if (optionalRecord(root["meta"])["enabled"] === false) return [];
  const ruleId = Number(root["rule_id"] ?? /(\d+)\.ya?ml$/.exec(file)?.[1]);
  return list(root["tests"], file).map((entry) => {
    const test = record(entry, file);
    const testId = Number(test["test_id"] ?? test["id"]);
    return {
      id: `${ruleId}-${testId}`,
      ruleId,
      testId,
      title: text(test["test_title"]) ?? `${ruleId}-${testId}`,
      description: text(test["desc"] ?? test["description"]) ?? "",
      file,
      stages: list(test["stages"], file).map((stage) => readStage(record(stage, file), file)),
    };
  });
}

function readStage(stage: Fields, file: string): Stage {
  const inner = stage["stage"] === undefined ? stage : record(stage["stage"], file);
  return { input: readInput(optionalRecord(inner["input"])), output: readOutput(optionalRecord(inner["output"])) };
}

function readInput(input: Fields): StageInput {
  const magic = input["stop_magic"] !== true && input["no_autocomplete"] !== true;
  return {
    destAddr: text(input["dest_addr"]) ?? "127.0.0.1",
    port: Number(input["port"] ?? 80),
    method: bytes(input["method"]) ?? "GET",
    uri: bytes(input["uri"]) ?? "/",
    version: bytes(input["version"]) ?? "HTTP/1.1",
    headers: readHeaders(input["headers"]),
    data: Array.isArray(input["data"]) ? utf8(input["data"].join("\r\n")) : expandTemplate(bytes(input["data"])),
    autocompleteHeaders: input["autocomplete_headers"] === undefined ? magic : input["autocomplete_headers"] !== false,
    encodedRequest: text(input["encoded_request"]),
    saveCookie: input["save_cookie"] === true,
    followRedirect: input["follow_redirect"] === true,
  };
}

/** `{{ "text" | repeat N }}`, the one template function that tests use. */
function expandTemplate(data: string | undefined): string | undefined {
  return data?.replaceAll(/\{\{\s*"([^"]*)"\s*\|\s*repeat\s+(\d{1,7})\s*\}\}/g, (_all, text: string, count: string) =>
    text.repeat(Number(count)),
  );
}

function readHeaders(headers: unknown): [string, string][] {
  if (Array.isArray(headers)) {
    return headers.map((header) => {
      const { name, value } = header as { name: unknown; value: unknown };
      return [bytes(name) ?? "", bytes(value) ?? ""];
    });
  }
  return Object.entries(optionalRecord(headers)).map(([name, value]) => [utf8(name), bytes(value) ?? ""]);
}

/** Shared by tests and override files. */
export function readOutput(output: Fields): StageOutput {
  const log = optionalRecord(output["log"]);
  const ids = (value: unknown): number[] | undefined => (Array.isArray(value) ? value.map(Number) : undefined);
  const fields = {
    status: output["status"] === undefined ? undefined : Number(output["status"]),
    responseContains: text(output["response_contains"]),
    expectIds: ids(log["expect_ids"]),
    noExpectIds: ids(log["no_expect_ids"]),
    matchRegex: text(log["match_regex"]),
    noMatchRegex: text(log["no_match_regex"]),
    logContains: text(output["log_contains"]),
    noLogContains: text(output["no_log_contains"]),
    expectError: output["expect_error"] === true ? true : undefined,
    isolated: output["isolated"] === true ? true : undefined,
    retryOnce: output["retry_once"] === true ? true : undefined,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as StageOutput;
}

/** A YAML mapping. */
export type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown, file: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Error(`${file}: expected a mapping, found ${JSON.stringify(value)?.slice(0, 60)}`);
}

function optionalRecord(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function list(value: unknown, file: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${file}: expected a list, found ${JSON.stringify(value)?.slice(0, 60)}`);
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

function bytes(value: unknown): string | undefined {
  const found = text(value);
  return found === undefined ? undefined : utf8(found);
}

function utf8(value: string): string {
  return Buffer.from(value, "utf8").toString("latin1");
}
