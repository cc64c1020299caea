/** One reload at a time; whatever asks meanwhile shares one more, begun after this one. */
export class ReloadQueue<T> {
  readonly #work: (trigger: string) => Promise<T>;
  #running: Promise<T> | undefined;
  #next: Promise<T> | undefined;

  /** `work` must not reject. */
  constructor(work: (trigger: string) => Promise<T>) {
    this.#work = work;
  }

  /** Resolves with the outcome of a reload that began after this call. */
  request(trigger: string): Promise<T> {
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#start(trigger);
    this.#next = this.#running.then(() => this.#start(trigger));
    return this.#next;
  }

  #start(trigger: string): Promise<T> {
    this.#next = undefined;
    this.#running = this.#work(trigger).finally(() => (this.#running = undefined));
    return this.#running;
  }
}
