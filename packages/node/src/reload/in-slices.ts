import { setImmediate as afterEvents } from "node:timers/promises";

/** Milliseconds of work between two turns of the event loop. */
const SLICE_MS = 5;

/**
 * Drives a generator to its end, letting the event loop turn whenever a slice of time is used up, so that traffic is
 * served meanwhile. A single step that takes longer is not interrupted.
 */
export async function inSlices<T>(steps: Generator<undefined, T, undefined>, sliceMs: number = SLICE_MS): Promise<T> {
  let started = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - started < sliceMs) continue;
    await afterEvents();
    started = performance.now();
  }
}
