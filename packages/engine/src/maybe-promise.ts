/**
 * A value, or a promise of it when a port (collection store, DNS) could not answer at once.
 * Phase calls return a promise only in that case, so hosts without such ports stay synchronous.
 */
export type MaybePromise<T> = T | Promise<T>;

/** True for anything with a `then`. */
export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
