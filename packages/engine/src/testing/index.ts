/** For tests of rule sets and of the engine itself: not for production. */
export { createPlainWaf } from "./plain-waf.ts";
