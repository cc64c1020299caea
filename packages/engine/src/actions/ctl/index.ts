import type { CtlOption } from "./option.ts";
import { bodyOptions } from "./bodies.ts";
import { engineOptions } from "./engines.ts";
import { removalOptions } from "./removals.ts";

/** Every option of `ctl`. */
export const ctlOptions: readonly CtlOption[] = [...engineOptions, ...bodyOptions, ...removalOptions];
