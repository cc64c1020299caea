import type { ByteString } from "./text/bytes.ts";
import type { WafSettings } from "./settings.ts";

/** A value in and its result; run as tests, printed in the reference. */
export interface TransformationExample {
  readonly title: string;
  readonly input: ByteString;
  readonly output: ByteString;
}

/** A `t:` function. Pure and total: it never throws, whatever the bytes. */
export interface TransformationDefinition {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly examples: readonly TransformationExample[];
  /**
   * Bytes without which a value is its own result; the evaluator then does not call `apply`.
   * Absent: any value may change. Invariant: no byte of `value` in `reactsTo` implies `apply(value) === value`.
   */
  readonly reactsTo?: ByteString;
  /**
   * The only thing it does is to change the case of ASCII letters ("only"), or it also does that ("also"). The prefilter looks
   * for literals in any case, so it need not wait for it.
   */
  readonly foldsCase?: "only" | "also";
  /** For `foldsCase` "also": what it does besides. Invariant: the result of `apply`, but for the case of letters. */
  readonly keepingCase?: (value: ByteString) => ByteString;
  /**
   * All it does is to remove these bytes, wherever they stand, from values that have none of `unless`: the prefilter can then
   * read a value as it is going to be without making it.
   */
  readonly erases?: { readonly bytes: ByteString; readonly unless: ByteString };
  /** Invariant: values that differ only in the case of ASCII letters give results that do. */
  readonly keepsCase?: true;
  /** Invariant: returns the very same reference when nothing changed (multi-match relies on it). */
  readonly apply: (value: ByteString) => ByteString;
  /** For transformations that depend on directives: replaces `apply` for one WAF. */
  readonly configure?: (settings: WafSettings) => (value: ByteString) => ByteString;
}
