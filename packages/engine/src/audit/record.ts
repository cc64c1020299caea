import type { Entry } from "../variables/collections.ts";
import type { MatchedRule } from "../matched-rule.ts";
import type { Severity } from "../severity.ts";
import type { ByteString } from "../text/bytes.ts";
import type { Transaction } from "../transaction.ts";
import type { Masking } from "./masking.ts";

/** A header or argument: name as received, value masked where asked. */
export type Pair = readonly [name: ByteString, value: ByteString];

/** An uploaded file. */
export interface AuditFile {
  readonly name: ByteString;
  readonly size: number;
  readonly mime: string;
}

/** One message of an entry: a match of a rule (part K), or only the rule's error text (part H alone). */
export interface AuditMessage {
  readonly matched: MatchedRule;
  /** Index of the match, undefined for a message with error text only. */
  readonly matchIndex: number | undefined;
}

/** What every format writes from. Parts that were not asked for are undefined. */
export interface AuditRecord {
  readonly parts: string;
  readonly id: string;
  readonly startMs: number;
  readonly elapsedMicroseconds: number;
  /** Of phases 1 to 5. */
  readonly phaseMicroseconds: readonly number[];
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly serverAddress: string;
  readonly serverPort: number;
  readonly serverName: ByteString;
  readonly method: ByteString;
  readonly uri: ByteString;
  readonly protocol: ByteString;
  readonly args: readonly Pair[];
  readonly requestLength: number;
  readonly requestHeaders: readonly Pair[] | undefined;
  readonly requestBody: ByteString | undefined;
  /** Body without uploaded files (part I). */
  readonly requestBodyWithoutFiles: ByteString | undefined;
  readonly files: readonly AuditFile[] | undefined;
  readonly status: number;
  readonly responseProtocol: ByteString;
  readonly responseHeaders: readonly Pair[] | undefined;
  readonly responseBody: ByteString | undefined;
  readonly ruleEngine: string;
  readonly componentSignatures: readonly string[];
  readonly productName: string;
  readonly productVersion: string;
  readonly highestSeverity: Severity | undefined;
  readonly isInterrupted: boolean;
  readonly messages: readonly AuditMessage[];
}

const mimeTypes: ReadonlyMap<string, string> = new Map([
  ["txt", "text/plain; charset=utf-8"],
  ["html", "text/html; charset=utf-8"],
  ["css", "text/css; charset=utf-8"],
  ["js", "text/javascript; charset=utf-8"],
  ["json", "application/json"],
  ["xml", "text/xml; charset=utf-8"],
  ["pdf", "application/pdf"],
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["gif", "image/gif"],
  ["svg", "image/svg+xml"],
  ["webp", "image/webp"],
  ["zip", "application/zip"],
]);

/** Reads a finished transaction. */
export function buildAuditRecord(tx: Transaction, version: string): AuditRecord {
  const v = tx.variables;
  const parts = tx.control.auditLogParts;
  const has = (part: string): boolean => parts.includes(part);
  const masking = tx.masking();
  const pairs = (entries: readonly Entry[], mask: (name: ByteString, value: ByteString) => ByteString): Pair[] =>
    entries.map(({ key, value }) => [key, mask(key, value)]);
  const hasFiles = v.files.size > 0;
  const highest = Number(v.highestSeverity.value);
  return {
    parts,
    id: tx.id,
    startMs: tx.startMs,
    elapsedMicroseconds: tx.elapsedMicroseconds(),
    clientAddress: v.remoteAddr.value,
    clientPort: Number(v.remotePort.value),
    serverAddress: v.serverAddr.value,
    serverPort: Number(v.serverPort.value),
    serverName: v.serverName.value,
    method: v.requestMethod.value,
    uri: masking.form(v.requestUri.value),
    protocol: v.requestProtocol.value,
    args: pairs([...v.argsGet.entries, ...v.argsPost.entries, ...v.argsPath.entries], (name, value) =>
      masking.arg(name, value),
    ),
    requestLength: Number(v.fullRequestLength.value),
    requestHeaders: has("B")
      ? pairs(v.requestHeaders.entries, (name, value) => masking.requestHeader(name, value))
      : undefined,
    requestBody: has("C") ? masking.body(tx.requestBody.text(), v.reqbodyProcessor.value) : undefined,
    requestBodyWithoutFiles: has("I") ? bodyWithoutFiles(tx, masking, hasFiles) : undefined,
    files:
      has("J") && hasFiles
        ? v.files.entries.map((file, index) => describeFile(file.value, v.filesSizes.entries[index]))
        : undefined,
    status: Number(v.responseStatus.value),
    responseProtocol: v.responseProtocol.value,
    responseHeaders: has("F")
      ? pairs(v.responseHeaders.entries, (name, value) => masking.responseHeader(name, value))
      : undefined,
    responseBody: has("E") ? masking.responseBody(v.responseBody.value) : undefined,
    ruleEngine: tx.control.ruleEngine,
    componentSignatures: tx.ruleset.settings.componentSignatures,
    productName: tx.context.productName,
    productVersion: version,
    highestSeverity: highest <= 7 ? (highest as Severity) : undefined,
    isInterrupted: tx.interruption !== undefined,
    messages: messagesOf(tx, has("K"), has("H")),
    phaseMicroseconds: tx.phaseMs.slice(1).map((ms) => Math.round(ms * 1000)),
  };
}

/** Part I: multipart bodies as their fields alone, other bodies as they are. */
function bodyWithoutFiles(tx: Transaction, masking: Masking, hasFiles: boolean): ByteString {
  if (!hasFiles) return masking.body(tx.requestBody.text(), tx.variables.reqbodyProcessor.value);
  return tx.variables.argsPost.entries.map(({ key, value }) => `${key}=${masking.arg(key, value)}`).join("&");
}

function describeFile(name: ByteString, size: Entry | undefined): AuditFile {
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return { name, size: Number(size?.value ?? 0), mime: mimeTypes.get(extension) ?? "" };
}

function messagesOf(tx: Transaction, perMatch: boolean, perRule: boolean): AuditMessage[] {
  const audited = tx.matchedRules.filter((matched) => matched.audit).map((matched) => matched.masked());
  if (perMatch)
    return audited.flatMap((matched) => matched.matches.map((_match, matchIndex) => ({ matched, matchIndex })));
  return perRule ? audited.map((matched) => ({ matched, matchIndex: undefined })) : [];
}
