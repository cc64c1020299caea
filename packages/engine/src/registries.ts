export { actions, unsupportedActions } from "./actions/index.ts";
export { ctlOptions } from "./actions/ctl/index.ts";
export { auditFormats } from "./audit/formats/index.ts";
export { bodyProcessors } from "./body/index.ts";
export { codes, faultKinds } from "./codes.ts";
export { directives, grammarDirectives } from "./compile/directives/index.ts";
export { operators, unsupportedOperators } from "./operators/index.ts";
export { transformations } from "./transformations/index.ts";
export { variableTable } from "./variables/variable-table.ts";
