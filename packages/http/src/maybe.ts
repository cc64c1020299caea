import type { MaybePromise } from "@cuirass/engine";
import { isPromise } from "@cuirass/engine";

/** Goes on with a value now, or when its promise is there: an exchange without waiting ports costs no microtask. */
export function after<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromise(value) ? value.then(next) : next(value);
}
