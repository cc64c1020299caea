/** Whether all of a body arrived. */
export type BodyState = "complete" | "truncated" | "suspected";

/** What is known of a body. */
export interface BodyFacts {
  /** Values of all Content-Length headers. */
  readonly contentLengths: readonly string[];
  readonly received: number;
  /** HAProxy's own figure, when the message carries it. */
  readonly bodySize: number | undefined;
  /** Message frame and the limit it had to fit in, in bytes. */
  readonly frameLength: number;
  readonly maxFrameSize: number;
  readonly headerLines: number;
  /** Undefined for a response whose request is not known. */
  readonly method: string | undefined;
  /** Status of a response, 0 for requests. */
  readonly status: number;
}

/** Verdict and the size that was announced, when known. */
export interface BodyVerdict {
  readonly state: BodyState;
  readonly expected: number | undefined;
  /** Content-Length lines that contradict each other or are no number. */
  readonly badLength: boolean;
  readonly longerThanAnnounced: boolean;
}

/** HAProxy fills a frame up to this distance from the limit (measured on 2.6 and 3.2; source: known problems, B). */
const FULL_FRAME_MARGIN = 1024 + 64;
const PER_HEADER_LINE = 16;

/**
 * Finds out that HAProxy passed only part of a body: the protocol has no flag for it.
 * Source: spec spoe-known-problems, B.
 */
export function judgeBody(facts: BodyFacts): BodyVerdict {
  const first = facts.contentLengths[0];
  const known =
    first !== undefined && /^\d{1,15}$/.test(first) && facts.contentLengths.every((value) => value === first);
  const badLength = first !== undefined && !known;
  const announced = known ? Number(first) : undefined;
  const verdict = (state: BodyState, expected: number | undefined): BodyVerdict => ({
    state,
    expected,
    badLength,
    longerThanAnnounced: announced !== undefined && facts.received > announced,
  });
  if (facts.method === "HEAD" || hasNoBody(facts.status)) return verdict("complete", undefined);
  if (announced !== undefined && facts.received < announced) {
    const mayBeHead = facts.status !== 0 && facts.method === undefined && facts.received === 0;
    return verdict(mayBeHead ? "suspected" : "truncated", announced);
  }
  if (announced === undefined && facts.bodySize !== undefined && facts.received < facts.bodySize) {
    return verdict("truncated", facts.bodySize);
  }
  const full = facts.maxFrameSize - FULL_FRAME_MARGIN - PER_HEADER_LINE * facts.headerLines;
  if (announced === undefined && facts.received > 0 && facts.frameLength >= full)
    return verdict("suspected", undefined);
  return verdict("complete", announced);
}

function hasNoBody(status: number): boolean {
  return (status >= 100 && status < 200) || status === 204 || status === 304;
}
