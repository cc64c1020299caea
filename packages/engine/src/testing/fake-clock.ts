import type { Clock } from "../host.ts";

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  ms = 1_700_000_000_000;
  now(): number {
    return this.ms;
  }
  monotonic(): number {
    return this.ms;
  }
  advance(seconds: number): void {
    this.ms += seconds * 1000;
  }
}
