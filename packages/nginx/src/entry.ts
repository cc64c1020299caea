// The script that libcoraza.so runs. Its functions are called from C++ (libcoraza/src/engine.cc) by these names.
import { removePolyfills } from "./polyfills.ts";
import * as exchange from "./exchange.ts";
import * as waf from "./waf.ts";
import { warmUp } from "./warm-up.ts";

Object.defineProperty(globalThis, "cuirass", { value: { ...waf, ...exchange, warmUp, removePolyfills } });
