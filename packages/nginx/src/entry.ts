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

const value = {
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

Object.defineProperty(globalThis, "cuirass", { value });
