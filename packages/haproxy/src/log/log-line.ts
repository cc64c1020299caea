import type { LogConfig, LogLevelName } from "../config/agent-config.ts";
import { logLevels } from "../config/agent-config.ts";

/** Fields of a line besides level, time and message. */
export type LogFields = Readonly<Record<string, unknown>>;

/** True when a logger of this configuration writes lines of the level. */
export function logs(config: LogConfig, level: LogLevelName): boolean {
  return config.level !== "disabled" && logLevels.indexOf(level) >= logLevels.indexOf(config.level);
}

/**
 * One line without its end. JSON: `level` first, fields, `time`, `message` last, as the peer writes it.
 * Console: time, level, message and `key=value` pairs.
 */
export function formatLine(
  format: LogConfig["format"],
  level: LogLevelName,
  fields: LogFields,
  message: string | undefined,
  nowMs: number = Date.now(),
): string {
  if (format === "json") {
    const line: Record<string, unknown> = { level, ...fields, time: localTime(nowMs) };
    if (message !== undefined) line["message"] = message;
    return escapeHtml(JSON.stringify(line));
  }
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${consoleValue(value)}`);
  return [clockTime(nowMs), levelWord(level), printable(message ?? ""), ...pairs]
    .filter((part) => part !== "")
    .join(" ");
}

/** The escapes of Go's JSON encoder, so that lines can go into web pages. */
function escapeHtml(json: string): string {
  return json.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026");
}

function consoleValue(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /^[\w./:@%+-]+$/.test(text) ? text : JSON.stringify(text);
}

/** Control characters would let traffic forge lines and drive terminals. */
function printable(text: string): string {
  let safe = text;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x20 && code !== 0x7f) continue;
    safe = [...text]
      .map((unit) => (isControl(unit) ? `\\x${unit.charCodeAt(0).toString(16).padStart(2, "0")}` : unit))
      .join("");
    break;
  }
  return safe;
}

function isControl(unit: string): boolean {
  const code = unit.charCodeAt(0);
  return code < 0x20 || code === 0x7f;
}

const words: Readonly<Record<LogLevelName, readonly [word: string, color: number]>> = {
  trace: ["TRC", 34],
  debug: ["DBG", 33],
  info: ["INF", 32],
  warn: ["WRN", 33],
  error: ["ERR", 31],
  fatal: ["FTL", 31],
  panic: ["PNC", 31],
  disabled: ["???", 0],
};

function levelWord(level: LogLevelName): string {
  const [word, color] = words[level];
  return process.env["NO_COLOR"] === undefined ? `\x1b[${color}m${word}\x1b[0m` : word;
}

let second = -1;
let secondText = "";

/** RFC 3339 with seconds and the local zone; made once a second. */
function localTime(nowMs: number): string {
  const now = Math.floor(nowMs / 1000);
  if (now === second) return secondText;
  const date = new Date(now * 1000);
  const offset = -date.getTimezoneOffset();
  const zone =
    offset === 0 ? "Z" : `${offset < 0 ? "-" : "+"}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  second = now;
  return (secondText = local + zone);
}

function clockTime(nowMs: number): string {
  const date = new Date(nowMs);
  const hour = date.getHours();
  return `${hour % 12 === 0 ? 12 : hour % 12}:${two(date.getMinutes())}${hour < 12 ? "AM" : "PM"}`;
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, "0");
}
