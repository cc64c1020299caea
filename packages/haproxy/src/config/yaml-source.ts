export type { PathStep } from "@cuirass/node";
export { ConfigFileError as SpoaConfigError, YamlSource } from "@cuirass/node";
