import type { Transaction } from "@cuirass/engine";
import type { ApplicationConfig } from "../config/agent-config.ts";
import type { MessageArguments } from "./arguments.ts";
import type { FrameFacts } from "./exchange.ts";
import type { HeaderLines } from "./headers.ts";
import type { Reporter } from "./report.ts";
import type { BodyVerdict } from "./truncation.ts";
import { headerValues } from "./headers.ts";
import { judgeBody } from "./truncation.ts";

/** Finds out whether all of a body is there; tells rules (TX:spoa_body_truncated), metrics and the log when not. */
export function checkBody(
  config: ApplicationConfig,
  tx: Transaction,
  args: MessageArguments,
  facts: FrameFacts,
  headers: HeaderLines,
  method: string,
  reporter: Reporter,
): BodyVerdict {
  const body = judgeBody({
    frameLength: facts.frameLength,
    maxFrameSize: facts.maxFrameSize,
    contentLengths: headerValues(headers, "content-length"),
    received: args.body.length,
    bodySize: args.bodySize,
    headerLines: headers.lines.length,
    method,
    status: args.status,
  });
  const labels = (): Record<string, string> => ({
    app: config.name,
    direction: args.status === 0 ? "request" : "response",
  });
  if (body.badLength) reporter.error("bad_header");
  if (body.longerThanAnnounced) reporter.error("body_longer_than_cl");
  if (headerValues(headers, "content-encoding").some((value) => value.toLowerCase() !== "identity")) {
    reporter.count("encoded_bodies_total", labels());
  }
  if (!isCut(config, body)) return body;
  tx.setTx("spoa_body_truncated", "1");
  reporter.count("truncated_bodies_total", labels());
  const waited = args.body.length > 0 && facts.frameLength >= facts.maxFrameSize / 2;
  const cause = waited
    ? "body larger than HAProxy's buffer (tune.bufsize): only its beginning was inspected"
    : "body incomplete: add option http-buffer-request, or wait-for-body for responses";
  reporter.limitedEvent(`truncated ${config.name} ${labels().direction}`, 1000, "warn", cause, {
    ...labels(),
    unique_id: tx.id,
    received: args.body.length,
    expected: body.expected ?? "unknown",
    policy: config.onTruncated,
  });
  return body;
}

/** True when the application counts the body as cut. */
export function isCut(config: ApplicationConfig, body: BodyVerdict): boolean {
  return body.state === "truncated" || (body.state === "suspected" && config.onTruncatedSuspected);
}
