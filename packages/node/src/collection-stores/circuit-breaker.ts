/** When a breaker opens, and for how long. */
export interface CircuitBreakerOptions {
  /** Failures in a row. Default 5. */
  readonly failures?: number;
  /** Milliseconds until one call is let through to see whether it works again. Default 1000. */
  readonly pauseMs?: number;
  /** Called when it opens and closes. */
  readonly onChange?: (open: boolean, reason: string) => void;
}

/** Keeps callers from waiting for a service that is down: after some failures in a row calls are refused at once. */
export class CircuitBreaker {
  readonly #failures: number;
  readonly #pauseMs: number;
  readonly #onChange: ((open: boolean, reason: string) => void) | undefined;
  #inARow = 0;
  #openUntil = 0;
  #probing = false;

  constructor(options: CircuitBreakerOptions = {}) {
    this.#failures = options.failures ?? 5;
    this.#pauseMs = options.pauseMs ?? 1000;
    this.#onChange = options.onChange;
  }

  get isOpen(): boolean {
    return this.#inARow >= this.#failures;
  }

  /** True when a call may be tried; whoever gets true must report its outcome. */
  allows(): boolean {
    if (!this.isOpen) return true;
    if (this.#probing || performance.now() < this.#openUntil) return false;
    this.#probing = true;
    return true;
  }

  succeeded(): void {
    const wasOpen = this.isOpen;
    this.#inARow = 0;
    this.#probing = false;
    if (wasOpen) this.#onChange?.(false, "");
  }

  failed(reason: string): void {
    const wasOpen = this.isOpen;
    this.#inARow++;
    this.#probing = false;
    if (!this.isOpen) return;
    this.#openUntil = performance.now() + this.#pauseMs;
    if (!wasOpen) this.#onChange?.(true, reason);
  }
}
