// docs/reference: one page per kind of name, from the registries alone.
import {
  actions,
  bodyProcessors,
  ctlOptions,
  directives,
  grammarDirectives,
  operators,
  transformations,
  unsupportedActions,
  unsupportedOperators,
  variableTable,
} from "@cuirass/engine/registries";
import { byName, cell, code, generated, table } from "./markdown.mjs";

/** The pages by file name. */
export function reference() {
  return {
    "directives.md": directivesPage(),
    "variables.md": variablesPage(),
    "operators.md": operatorsPage(),
    "transformations.md": transformationsPage(),
    "actions.md": actionsPage(),
  };
}

const page = (title, introduction, body) => `${generated}\n# ${title}\n\n${introduction}\n\n${body}`;
const alias = ({ aliases = [] }) => (aliases.length === 0 ? "" : ` Also \`${aliases.join("`, `")}\`.`);
const sentence = (text) => text[0].toUpperCase() + text.slice(1) + (/[.!]$/.test(text) ? "" : ".");

function directivesPage() {
  const take = (effect) => directives.filter((directive) => directive.effect === effect);
  const rows = (list) =>
    list.map(({ name, argument, summary }) => [`\`${name}\``, cell(argument), cell(sentence(summary))]);
  const head = ["directive", "argument", "what it does"];
  const works = directives.filter(({ effect }) => effect === "full" || effect === "partial").toSorted(byName);
  const short = (list) =>
    list.map(({ name, summary }) => [`\`${name}\``, cell(sentence(summary.replace("Refused: ", "")))]);
  return page(
    "Directives",
    "Names disregard case. The last value of a setting wins, and settings count for the whole configuration wherever they stand.",
    `## Rules and files

${table(
  ["directive", "what it does"],
  grammarDirectives.map(({ name, summary }) => [`\`${name}\``, cell(summary)]),
)}
## Settings

${table(head, rows(works))}
## Without effect

Accepted because configurations carry them; each gives a warning that says why.

${table(["directive", "why"], short(take("none").toSorted(byName)))}
## Refused

Whoever writes one of these relies on something that would not happen; the error says what to do instead.

${table(["directive", "why"], short(take("refused").toSorted(byName)))}`,
  );
}

function variablesPage() {
  const rows = variableTable.toSorted(byName).map((variable) => {
    const key = variable.selectable ? "yes" : "";
    const phase = variable.phase === 0 ? "any" : String(variable.phase);
    return [`\`${variable.name}\``, variable.kind, key, phase, cell(variable.summary + alias(variable))];
  });
  return page(
    "Variables",
    `*Kind*: \`single\` one value; \`map\` names with values; \`names\` and \`concat\` views on others; \`persistent\` outlives the
transaction. *Key*: whether \`NAME:key\` and \`NAME:/regex/\` may be written; both disregard case. *Phase*: the first in which the
variable has its value. \`&NAME\` counts, \`!NAME:key\` excludes.`,
    table(["variable", "kind", "key", "phase", "content"], rows),
  );
}

function operatorsPage() {
  const sections = operators.toSorted(byName).map((operator) => {
    const { name, argument, summary, examples } = operator;
    const rows = examples.map((example) => [
      cell(example.title),
      code(example.argument),
      code(example.input),
      example.matches ? "yes" : "no",
    ]);
    return `## @${name}

${sentence(summary)}${alias(operator)} ${argument === "" ? "Takes no argument." : `Argument: ${argument}.`}

${table(["example", "argument", "value", "matches"], rows)}`;
  });
  const refused = unsupportedOperators.map(({ name, reason, hint }) => [
    `\`@${name}\``,
    cell(sentence(reason)),
    cell(sentence(hint)),
  ]);
  return page(
    "Operators",
    "`@name argument`, `!@name argument` for the opposite, or a bare regular expression for `@rx`. Names disregard case. The\nexamples run as tests. Bytes that cannot be printed are shown as escapes.",
    `${sections.join("\n")}\n## Refused\n\n${table(["operator", "why", "instead"], refused)}`,
  );
}

function transformationsPage() {
  const sections = transformations.toSorted(byName).map((transformation) => {
    const rows = transformation.examples.map(({ title, input, output }) => [cell(title), code(input), code(output)]);
    return `## t:${transformation.name}

${sentence(transformation.summary)}${alias(transformation)}

${table(["example", "value", "result"], rows)}`;
  });
  return page(
    "Transformations",
    "Run in written order before the operator; `t:none` drops those before it. Names disregard case. The examples run as tests.\nBytes that cannot be printed are shown as escapes.",
    sections.join("\n"),
  );
}

function actionsPage() {
  const rows = actions
    .toSorted(byName)
    .map((action) => [
      `\`${action.name}\``,
      action.group,
      cell(action.argument),
      cell(sentence(action.summary) + alias(action)),
      code(action.example),
    ]);
  const until = { 1: "1", 2: "2", 3: "3", 4: "4" };
  const options = ctlOptions
    .toSorted(byName)
    .map(({ name, summary, example, until: last }) => [
      `\`${name}\``,
      cell(sentence(summary)),
      until[last] ?? "any",
      code(`ctl:${name}=${example}`),
    ]);
  const refused = unsupportedActions.map(({ name, reason, hint }) => [
    `\`${name}\``,
    cell(sentence(reason)),
    cell(sentence(hint)),
  ]);
  const processors = bodyProcessors.map(({ name, summary }) => [`\`${name}\``, cell(sentence(summary))]);
  return page(
    "Actions",
    `Names disregard case. *Metadata* and *data* count when rules load; *non-disruptive* actions run after every matched value,
also when the chain fails later; *flow* and *disruptive* ones once, after the whole chain matched.`,
    `${table(["action", "group", "value", "what it does", "example"], rows)}
## Options of ctl

Valid from that point to the end of the transaction. *Until*: the last phase in which the option may be used.

${table(["option", "value", "until phase", "example"], options)}
## Body processors

${table(["name", "what it reads"], processors)}
## Refused

${table(["action", "why", "instead"], refused)}`,
  );
}
