/** One line that is written over and over on a terminal; silent elsewhere. */
export class ProgressLine {
  readonly #total: number;
  readonly #started = performance.now();
  #drawn = 0;

  constructor(total: number) {
    this.#total = total;
  }

  update(done: number, note: string): void {
    const now = performance.now();
    if (process.stderr.isTTY !== true || (now - this.#drawn < 100 && done < this.#total)) return;
    this.#drawn = now;
    const width = 30;
    const filled = Math.round((done / Math.max(1, this.#total)) * width);
    const bar = "█".repeat(filled) + "░".repeat(width - filled);
    const seconds = ((now - this.#started) / 1000).toFixed(0);
    process.stderr.write(`\r${bar} ${done}/${this.#total}  ${note}  ${seconds} s `);
  }

  end(): void {
    if (process.stderr.isTTY === true) process.stderr.write("\n");
  }
}
