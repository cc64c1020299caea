import type { ByteString } from "../text/bytes.ts";
import type { OperatorDefinition } from "../operator.ts";
import { OperatorArgumentError } from "../operator.ts";
import { compileExpression, plainFlags } from "./shared/expression.ts";

/**
 * `@restpath`: the path template is found in the value; every `{name}` becomes an ARGS_PATH argument, with or without
 * `capture`. Not anchored, and what is not in braces is an expression, as in Coraza (spec: seclang, 6.2).
 */
export const restpath: OperatorDefinition = {
  name: "restpath",
  summary: "True when the path template is found in the value; fills ARGS_PATH with its named parts.",
  argument: "path with {name} for each part that varies",
  examples: [
    { title: "one part", argument: "/users/{id}", input: "/users/17", matches: true },
    { title: "inside a longer path", argument: "/users/{id}", input: "/api/users/17/x", matches: true },
    { title: "empty part", argument: "/users/{id}", input: "/users/", matches: false },
  ],
  compile(argument) {
    const pattern = compileExpression(expressionOf(argument), plainFlags);
    const names = pattern.groupNames;
    return {
      match(value, tx) {
        const spans = pattern.exec(value);
        if (spans === undefined) return false;
        for (let group = 1; group < names.length; group++) {
          const name = names[group];
          const start = spans[2 * group]!;
          if (name !== undefined)
            tx.variables.argsPath.set(name, start < 0 ? "" : value.slice(start, spans[2 * group + 1]));
        }
        return true;
      },
      locate(value) {
        const spans = pattern.exec(value);
        return spans && [spans[0]!, spans[1]!];
      },
      condition: pattern.condition,
      pattern,
    };
  },
};

function expressionOf(template: ByteString): ByteString {
  return template.replaceAll(/\{([^}]+)\}/g, (_braces, name: string, offset: number) => {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `(?P<${name}>[^?/]+)`;
    const hint = "use letters, digits and _; repetition counts are not possible here";
    throw new OperatorArgumentError(`"${name}" cannot name a part of a path`, { offset: offset + 1, hint });
  });
}
