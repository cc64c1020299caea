import type { Frame } from "./frame.ts";
import { SpopStatus } from "./disconnect.ts";
import { ABORT, FIN, FrameType } from "./frame.ts";

/** Memory for fragments of all connections together. */
export interface FragmentBudget {
  used: number;
  readonly total: number;
  /** Largest payload of one frame put together. */
  readonly perFrame: number;
}

/** What to do after a fragment. */
export type FragmentOutcome =
  | { readonly kind: "wait" }
  | { readonly kind: "complete"; readonly frame: Frame }
  /** Too large: the peer is told to stop, later fragments are skipped. */
  | { readonly kind: "refuse"; readonly ids: Uint8Array }
  | { readonly kind: "disconnect"; readonly status: number };

const wait: FragmentOutcome = { kind: "wait" };

/** Puts fragments of a NOTIFY together, one at a time per connection (source: spec spop, 7). */
export class Fragments {
  readonly #budget: FragmentBudget;
  #ids: string | undefined;
  #first: Frame | undefined;
  #pieces: Uint8Array[] = [];
  #size = 0;
  #skipping = false;

  constructor(budget: FragmentBudget) {
    this.#budget = budget;
  }

  /** True while a frame is incomplete. */
  get open(): boolean {
    return this.#ids !== undefined;
  }

  /** A NOTIFY without FIN, or an UNSET. */
  add(frame: Frame): FragmentOutcome {
    const key = idsKey(frame);
    if (frame.type === FrameType.notify) {
      if (this.#ids !== undefined) return { kind: "disconnect", status: SpopStatus.interlaced };
      this.#ids = key;
      this.#first = { ...frame, ids: frame.ids.slice() };
      return this.#append(frame);
    }
    if (this.#ids === undefined) {
      return (frame.flags & ABORT) !== 0 ? wait : { kind: "disconnect", status: SpopStatus.invalid };
    }
    if (this.#ids !== key) return { kind: "disconnect", status: SpopStatus.interlaced };
    if ((frame.flags & ABORT) !== 0) {
      this.reset();
      return wait;
    }
    return this.#append(frame);
  }

  /** Forgets the incomplete frame. */
  reset(): void {
    this.#budget.used -= this.#size;
    this.#ids = undefined;
    this.#first = undefined;
    this.#pieces = [];
    this.#size = 0;
    this.#skipping = false;
  }

  #append(frame: Frame): FragmentOutcome {
    const last = (frame.flags & FIN) !== 0;
    if (this.#skipping) {
      if (last) this.reset();
      return wait;
    }
    const { length } = frame.payload;
    if (this.#size + length > this.#budget.perFrame || this.#budget.used + length > this.#budget.total) {
      const { ids } = this.#first!;
      this.#budget.used -= this.#size;
      this.#pieces = [];
      this.#size = 0;
      if (last) this.reset();
      else this.#skipping = true;
      return { kind: "refuse", ids };
    }
    this.#budget.used += length;
    this.#size += length;
    // The frame's bytes belong to the socket's buffer; what waits is copied.
    this.#pieces.push(frame.payload.slice());
    if (!last) return wait;
    const payload = Buffer.concat(this.#pieces);
    const complete: Frame = {
      ...this.#first!,
      flags: FIN,
      payload,
      length: 5 + this.#first!.ids.length + payload.length,
    };
    this.reset();
    return { kind: "complete", frame: complete };
  }
}

function idsKey(frame: Frame): string {
  return Buffer.from(frame.ids).toString("latin1");
}
