import { pinoModule } from "./on-demand.ts";
import type { Logger } from "@cuirass/engine";

/** JSON lines on standard output; `CUIRASS_LOG_LEVEL` sets the level (default info). */
export function createLogger(level: string = process.env["CUIRASS_LOG_LEVEL"] ?? "info"): Logger {
  const log = pinoModule().pino({ level, base: null });
  return { log: (severity, message, fields) => log[severity](fields, message) };
}
