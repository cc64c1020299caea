import type { ExchangeRecord } from "@cuirass/proxy";

const LIMIT = 2048;

/** One JSON line for an exchange. Texts of the client are cut, and shown as latin1 where they are no ASCII. */
export function accessLine(record: ExchangeRecord): string {
  const { tx } = record;
  const interruption = tx.interruption ?? tx.detectionOnlyInterruption;
  return JSON.stringify({
    time: new Date(record.startMs).toISOString(),
    id: record.requestId,
    client: record.client,
    ...(record.peer === record.client ? {} : { peer: record.peer }),
    method: record.method,
    host: record.host.slice(0, LIMIT),
    target: record.target.slice(0, LIMIT),
    protocol: record.protocol,
    ...(record.tls === undefined ? {} : { tls: record.tls }),
    status: record.status,
    bytes_in: record.bytesIn,
    bytes_out: record.bytesOut,
    ms: round(record.durationMs),
    upstream: record.upstream,
    ...(record.server === "" ? {} : { server: record.server, upstream_ms: round(record.upstreamMs) }),
    rule_set: record.ruleSet,
    verdict: tx.interruption !== undefined ? "blocked" : interruption !== undefined ? "would_block" : "passed",
    ...(interruption === undefined ? {} : { rule_id: interruption.ruleId }),
    ...(record.userAgent === "" ? {} : { user_agent: record.userAgent.slice(0, LIMIT) }),
    ...(record.referer === "" ? {} : { referer: record.referer.slice(0, LIMIT) }),
    ...(record.error === "" ? {} : { error: record.error }),
  });
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
