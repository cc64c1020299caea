/** First in, first out for each key; keys take turns, so that a busy application does not starve the others. */
export class FairQueue<T> {
  readonly #queues = new Map<string, T[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(key: string, item: T): void {
    const queue = this.#queues.get(key);
    if (queue === undefined) this.#queues.set(key, [item]);
    else queue.push(item);
    this.#size++;
  }

  /** The next item; its key goes to the end of the line. */
  shift(): T | undefined {
    for (const [key, queue] of this.#queues) {
      const item = queue.shift();
      this.#queues.delete(key);
      if (queue.length > 0) this.#queues.set(key, queue);
      if (item === undefined) continue;
      this.#size--;
      return item;
    }
    return undefined;
  }
}
