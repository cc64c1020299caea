import type { FileSystem, Host, LogLevel, TempStorage, VirtualFiles } from "@cuirass/engine";
import { encodeUtf8, overlayFiles, toBytes, useByteCopier } from "@cuirass/engine";
import { baseRules, recommendedNames, recommendedSettings } from "@cuirass/rules";
import { auditSink } from "./audit-sink.ts";
import { twoDigits } from "./digits.ts";

useByteCopier((text, into) => native.copyText(text, into));

/** Debug levels as the ABI numbers them (`coraza_debug_log_level_t`). */
const levels: Readonly<Record<LogLevel, number>> = { trace: 1, debug: 2, info: 3, warn: 4, error: 5 };

const processFiles: FileSystem = {
  get workingDirectory() {
    return native.workingDirectory();
  },
  readFile: (path) => native.readFile(path),
  glob: (pattern) => native.glob(pattern),
  isWritableDirectory: (path) => native.isWritableDirectory(path),
};

const tempStorage: TempStorage = {
  create: ({ directory, prefix, mode }) => {
    const [path, descriptor] = native.openTempFile(directory ?? "/tmp", prefix, mode ?? 0o600);
    let open = true;
    return {
      path,
      append: (bytes) => native.writeTempFile(descriptor, bytes),
      read: (offset, length) => native.readTempFile(descriptor, offset, length),
      close: (keep) => {
        if (open) native.closeTempFile(descriptor, path, keep);
        open = false;
      },
    };
  },
};

/** `@coraza.conf-recommended`, `@cuirass.conf-recommended` and `@cuirass_rules/*.conf`. */
function builtInFiles(): VirtualFiles {
  const files = new Map<string, Uint8Array>();
  for (const name of recommendedNames) files.set(name, toBytes(encodeUtf8(recommendedSettings)));
  for (const [path, text] of baseRules) files.set(`@cuirass_rules/${path}`, toBytes(encodeUtf8(text)));
  return files;
}

const fileSystem = overlayFiles(processFiles, builtInFiles(), new Map());

/** Where the debug lines of a WAF go besides the callback; known once its rules are read. */
export interface DebugLog {
  path: string;
}

/**
 * The engine's ports in an nginx worker. There is no resolver and no program runner: both would stop the worker, so rules
 * that need them are refused at load.
 */
export function createHost(debugLog: DebugLog): Host {
  return {
    fileSystem,
    tempStorage,
    auditSink,
    clock: { now: () => native.now(), monotonic: () => native.monotonic(), cpu: () => native.cpu() },
    random: { fill: (bytes) => native.fillRandom(bytes) },
    latin1: (bytes) => native.latin1(bytes),
    logger: {
      log: (level, message, fields) => {
        const text = encodeUtf8(formatFields(fields));
        native.log(levels[level], encodeUtf8(message), text);
        if (debugLog.path !== "") {
          native.appendFile(
            debugLog.path,
            0o640,
            `${timestamp()} [${level.toUpperCase()}] ${encodeUtf8(message)} ${text}\n`,
          );
        }
      },
    },
  };
}

/** `key=value ...`, texts quoted (spec: auditlog, 10). */
function formatFields(fields: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}=${typeof value === "string" ? JSON.stringify(value) : value}`)
    .join(" ");
}

function timestamp(): string {
  const [year, month, day, hour, minute, second] = native.localTime(native.now()).map(twoDigits);
  return `${year}/${month}/${day} ${hour}:${minute}:${second}`;
}
