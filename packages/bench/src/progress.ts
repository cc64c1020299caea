/** Says on stderr what is being measured: one line that is rewritten on a terminal, nothing elsewhere. */
export class Progress {
  readonly #visible: boolean;
  #width = 0;

  constructor(visible: boolean = process.stderr.isTTY === true) {
    this.#visible = visible;
  }

  show(text: string): void {
    if (!this.#visible) return;
    process.stderr.write(`\r${text.padEnd(this.#width)}`);
    this.#width = text.length;
  }

  clear(): void {
    this.show("");
    if (this.#visible) process.stderr.write("\r");
  }
}
