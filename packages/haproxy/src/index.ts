export { Agent } from "./agent/agent.ts";
export type { AgentParts } from "./agent/agent.ts";
export type { AgentConfig, ApplicationConfig, BindAddress, LogConfig } from "./config/agent-config.ts";
export type { ParsedConfig } from "./config/parse-config.ts";
export { parseConfig } from "./config/parse-config.ts";
export { SpoaConfigError } from "./config/yaml-source.ts";
export type { LineSink } from "./log/loggers.ts";
export { runSpoa } from "./command/run-spoa.ts";
