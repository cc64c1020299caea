import type { Duplex } from "node:stream";

/** Lets bytes flow both ways until one side closes or both are silent for `idleMs`. */
export function tunnel(a: Duplex, b: Duplex, idleMs: number): void {
  let last = performance.now();
  const touch = (): void => void (last = performance.now());
  const timer = setInterval(
    () => {
      if (performance.now() - last > idleMs) end();
    },
    Math.min(idleMs, 30_000),
  );
  const end = (): void => {
    clearInterval(timer);
    a.destroy();
    b.destroy();
  };
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.on("data", touch);
    from.on("error", end);
    from.on("close", end);
    from.pipe(to);
  }
}
