// The script that libcoraza.so runs. Its functions are called from C++ (libcoraza/src/engine.cc) by these names.
import { installPolyfills, removePolyfills } from "./polyfills.ts";
import {
  attach,
  close,
  expand,
  finish,
  intervention,
  requestBody,
  requestHeaders,
  responseBody,
  responseHeaders,
  writeRequestBody,
  writeResponseBody,
} from "./exchange.ts";
import { dropWaf, matchedErrorLog, matchedSeverity, openWaf, ruleCount } from "./waf.ts";
import { warmUp } from "./warm-up.ts";

const cuirass = {
  attach,
  openWaf,
  dropWaf,
  ruleCount,
  matchedSeverity,
  matchedErrorLog,
  requestHeaders,
  writeRequestBody,
  requestBody,
  responseHeaders,
  writeResponseBody,
  responseBody,
  finish,
  close,
  intervention,
  expand,
  warmUp,
  installPolyfills,
  removePolyfills,
};

/** The functions on `globalThis.cuirass`. */
export type Bundle = typeof cuirass;

Object.defineProperty(globalThis, "cuirass", { value: cuirass });
