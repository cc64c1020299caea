import type { Clock } from "@cuirass/engine";

const STALE_MS = 20;

/** Time on Node.js. Asking the system for CPU time costs a microsecond or two, so an answer serves for 20 ms. */
export function createClock(): Clock & { cpu(): number } {
  let askedAt = -Infinity;
  let used = 0;
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    cpu: () => {
      const now = performance.now();
      if (now - askedAt > STALE_MS) {
        askedAt = now;
        const { user, system } = process.cpuUsage();
        used = (user + system) / 1000;
      }
      return used;
    },
  };
}
