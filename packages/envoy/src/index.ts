export type { EnvoyService, EnvoyServiceOptions, ServiceTls } from "./service.ts";
export { createEnvoyService } from "./service.ts";
export type { EnvoyPolicy, SessionEvents } from "./session.ts";
export type { BodySendMode } from "./protocol.ts";
