import type { Readable } from "node:stream";
import type { MaybePromise } from "@cuirass/engine";
import { isPromise } from "@cuirass/engine";
import { patch } from "./patch.ts";

/**
 * Keeps the bytes of a request body from its readers until they have been inspected, then hands them out as if they had
 * just arrived. The request object stays the one that frameworks know: what is replaced for a while are its `push`, through
 * which Node's parser delivers bytes, and its `_read`, through which readers ask for more. Back-pressure works both ways.
 *
 *     parser --push--> hold --> engine            while inspecting
 *     engine's buffer --push--> readers           afterwards, as fast as they read
 *     parser --push--> readers                    once the buffer is empty
 */
export class RequestHold {
  readonly #request: Readable;
  readonly #restore: (() => void)[];
  /** Arrived and not consumed. */
  readonly #arrived: Uint8Array[] = [];
  #ended = false;
  #consume: ((piece: Uint8Array) => MaybePromise<boolean>) | undefined;
  #done: (() => void) | undefined;
  #busy = false;
  #full = false;
  /** The whole body had arrived before and lies in the request's own buffer. */
  #inPlace = false;

  constructor(request: Readable) {
    this.#request = request;
    const push = (piece: Uint8Array | string | null, encoding?: BufferEncoding): boolean => {
      if (piece === null) this.#ended = true;
      else this.#arrived.push(typeof piece === "string" ? Buffer.from(piece, encoding) : piece);
      return this.#advance();
    };
    const complete = (request as { complete?: boolean }).complete === true;
    const buffered = takeBuffered(request);
    if (buffered !== undefined) this.#arrived.push(buffered);
    if (complete) {
      // The parser has said its last word, so nothing can be pushed any more. Put back before "end" is emitted, which
      // happens on the next tick unless there is something to read again, the body simply stays where it is.
      this.#ended = true;
      this.#inPlace = true;
      this.#restore = [];
      if (buffered !== undefined) request.unshift(buffered);
    } else {
      this.#restore = [patch(request, "push", { value: push }), patch(request, "_read", { value: () => undefined })];
    }
  }

  /** Hands pieces to `consume` until it answers false or the body ends, then calls `done`. */
  pump(consume: (piece: Uint8Array) => MaybePromise<boolean>, done: () => void): void {
    this.#consume = consume;
    this.#done = done;
    if (this.#advance()) this.#askForMore();
  }

  /** Lets readers have the body: first what `next` gives, then what is still to come. Calls `done` once that is through. */
  release(next: () => MaybePromise<Uint8Array | undefined>, done: () => void): void {
    this.#consume = undefined;
    for (const restore of this.#restore) restore();
    if (this.#inPlace) return done();
    const request = this.#request;
    let running = false;
    const finish = (): void => {
      restoreRead();
      for (const piece of this.#arrived.splice(0)) request.push(piece);
      if (this.#ended) request.push(null);
      else request._read(0);
      done();
    };
    const fail = (error: unknown): void => {
      restoreRead();
      request.destroy(error instanceof Error ? error : new Error(String(error)));
      done();
    };
    // Readable calls _read whenever its buffer has room; a full buffer makes push answer false.
    const run = (): void => {
      if (running) return;
      running = true;
      try {
        for (;;) {
          const piece = next();
          if (isPromise(piece)) return void piece.then(deliver, fail);
          if (piece === undefined) return finish();
          if (!request.push(piece)) break;
        }
      } catch (error) {
        return fail(error);
      }
      running = false;
    };
    const deliver = (piece: Uint8Array | undefined): void => {
      running = false;
      if (piece === undefined) return finish();
      if (request.push(piece)) run();
    };
    const restoreRead = patch(request, "_read", { value: run });
    run();
  }

  /** Drops the body: nobody is going to read it. */
  discard(): void {
    this.#consume = undefined;
    for (const restore of this.#restore) restore();
    this.#arrived.length = 0;
    this.#request.resume();
    if (this.#ended && !this.#inPlace) this.#request.push(null);
  }

  /** True when the parser may go on. */
  #advance(): boolean {
    const consume = this.#consume;
    if (consume === undefined || this.#busy) return this.#wait();
    while (this.#arrived.length > 0) {
      const more = consume(this.#arrived.shift()!);
      if (isPromise(more)) {
        this.#busy = true;
        void more.then((wanted) => {
          this.#busy = false;
          if (!wanted) this.#end();
          else if (this.#advance() && this.#full) this.#askForMore();
        });
        return this.#wait();
      }
      if (!more) return this.#end();
    }
    if (this.#ended) return this.#end();
    return true;
  }

  #wait(): false {
    this.#full = true;
    return false;
  }

  #end(): false {
    const done = this.#done;
    this.#done = undefined;
    this.#consume = undefined;
    done?.();
    return false;
  }

  /** What the parser's own `_read` does: lets the socket go on. */
  #askForMore(): void {
    this.#full = false;
    const prototype = Object.getPrototypeOf(this.#request) as Readable;
    prototype._read.call(this.#request, 0);
  }
}

/** Bytes that arrived before the hold was put on. Throws when somebody has read them already. */
function takeBuffered(request: Readable): Uint8Array | undefined {
  if (request.readableDidRead && request.readableLength === 0) {
    throw new Error("the request body was read before the WAF saw it: put the WAF in front of whatever parses bodies");
  }
  if (request.readableLength === 0) return undefined;
  const piece = request.read() as Buffer | string;
  return typeof piece === "string" ? Buffer.from(piece, request.readableEncoding ?? "utf8") : piece;
}
