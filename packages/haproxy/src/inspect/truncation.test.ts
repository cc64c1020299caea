import { describe, expect, test } from "vitest";
import type { BodyFacts } from "./truncation.ts";
import { judgeBody } from "./truncation.ts";

const facts = (more: Partial<BodyFacts>): BodyFacts => ({
  contentLengths: [],
  received: 0,
  bodySize: undefined,
  frameLength: 300,
  maxFrameSize: 16_380,
  headerLines: 5,
  method: "POST",
  status: 0,
  ...more,
});

describe("a body", () => {
  test("shorter than Content-Length is truncated", () => {
    const verdict = judgeBody(facts({ contentLengths: ["40000"], received: 15_206 }));
    expect(verdict).toMatchObject({ state: "truncated", expected: 40_000 });
  });

  test("of the announced size is complete, also with the header twice", () => {
    expect(judgeBody(facts({ contentLengths: ["10", "10"], received: 10 })).state).toBe("complete");
  });

  test("with contradicting lengths counts as unknown, and is reported", () => {
    const verdict = judgeBody(facts({ contentLengths: ["10", "20"], received: 10, bodySize: 20 }));
    expect(verdict).toMatchObject({ state: "truncated", expected: 20, badLength: true });
  });

  test("without length is judged by body-size", () => {
    expect(judgeBody(facts({ received: 64_352, bodySize: 65_000 })).state).toBe("truncated");
    expect(judgeBody(facts({ received: 64_352, bodySize: 64_352 })).state).toBe("complete");
  });

  test("that fills the frame and has no length is suspected", () => {
    expect(judgeBody(facts({ received: 14_000, frameLength: 16_380 - 983 })).state).toBe("suspected");
    expect(judgeBody(facts({ received: 9000, frameLength: 10_000 })).state).toBe("complete");
  });

  test("longer than announced is complete, and is reported", () => {
    expect(judgeBody(facts({ contentLengths: ["5"], received: 9 }))).toMatchObject({
      state: "complete",
      longerThanAnnounced: true,
    });
  });

  test.each([
    ["HEAD", 200, 0],
    ["GET", 304, 0],
    ["GET", 204, 0],
  ])("of %s %i is never missing", (method, status, received) => {
    expect(judgeBody(facts({ method, status, received, contentLengths: ["99"] })).state).toBe("complete");
  });

  test("empty in a response of unknown method is suspected only", () => {
    const response = facts({ method: undefined, status: 200, contentLengths: ["99"] });
    expect(judgeBody(response).state).toBe("suspected");
    expect(judgeBody({ ...response, received: 9 }).state).toBe("truncated");
  });
});
