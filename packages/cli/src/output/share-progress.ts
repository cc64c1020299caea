/**
 * Progress of work whose share is known: a bar on a terminal, elsewhere a line for every tenth, so that logs of CI tell how
 * far it got.
 */
export class ShareProgress {
  readonly #label: string;
  readonly #started = performance.now();
  #drawn = -Infinity;
  #tenth = 0;

  constructor(label: string) {
    this.#label = label;
  }

  /** `share` from 0 to 1; `count` of what was done. */
  update(share: number, count: number, note: string): void {
    const now = performance.now();
    const seconds = (now - this.#started) / 1000;
    const left = share > 0.02 ? `, ${Math.ceil((seconds / share) * (1 - share))} s left` : "";
    const text = `${Math.floor(share * 100)} %  ${count} ${this.#label}, ${Math.round(count / Math.max(seconds, 0.001))}/s${left}${note === "" ? "" : `  ${note}`}`;
    if (process.stderr.isTTY === true) {
      if (now - this.#drawn < 100 && share < 1) return;
      this.#drawn = now;
      const filled = Math.round(share * 30);
      process.stderr.write(
        `\r\x1b[K${"█".repeat(filled)}${"░".repeat(30 - filled)} ${text}`.slice(0, (process.stderr.columns ?? 120) + 4),
      );
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth <= this.#tenth) return;
    this.#tenth = tenth;
    process.stderr.write(`${text}\n`);
  }

  end(): void {
    if (process.stderr.isTTY === true) process.stderr.write("\n");
  }
}
