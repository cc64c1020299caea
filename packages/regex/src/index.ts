export type { Pattern, PatternOptions } from "./pattern.ts";
export { compilePattern } from "./pattern.ts";
export type { PatternErrorCode } from "./pattern-error.ts";
export { isPatternError, PatternError } from "./pattern-error.ts";
export type { PrefilterCondition } from "./literals.ts";
export { PhraseMatcher } from "./phrase-matcher.ts";
export type { Gate, Scan } from "./prefilter.ts";
export { Prefilter, PrefilterBuilder } from "./prefilter.ts";
