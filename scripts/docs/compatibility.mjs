// COMPATIBILITY.md: what is supported beside Coraza and ModSecurity 3, and every deliberate difference.
import { actions, ctlOptions, directives, operators } from "@cuirass/engine/registries";
import { cell, generated, table } from "./markdown.mjs";

/** What this engine does with a name, in the words of the tables. */
const here = {
  directives: (name) => {
    const effect = directives.find((directive) => directive.name === name)?.effect ?? "full";
    return { full: "yes", partial: "partial", none: "ignored, with a warning", refused: "refused" }[effect];
  },
  operators: (name) => (operators.some((operator) => operator.name === name) ? "yes" : "refused"),
  actions: (name) => (actions.some((action) => action.name === name) ? "yes" : "refused"),
  ctl: (name) => (ctlOptions.find((option) => option.name === name).effect ? "ignored, with a warning" : "yes"),
  // The name is there for rules written for Coraza, where it holds nothing either.
  variables: (name) => (name === "JSON" ? "empty" : "yes"),
  transformations: () => "yes",
};

const titles = {
  directives: "Directives",
  variables: "Variables",
  operators: "Operators",
  transformations: "Transformations",
  actions: "Actions",
  ctl: "Options of ctl",
};

export function compatibility(support, differences) {
  return `${generated}
# Compatibility

Cuirass gives the answers of Coraza on the Core Rule Set; where Coraza's behaviour is a defect, the better one. This page
lists every deliberate difference with the test that proves it, then what is supported. Facts about Coraza are those of its
default build (v3.7.0 and the commits after it), facts about ModSecurity those of libmodsecurity 3.

## Deliberate differences to Coraza

Numbers A1 to A36 are defects of Coraza that do not occur here. A34, A37 and A38 are about its implementation and cannot occur.

${table(["", "Coraza", "Cuirass", "test"], differences.filter(isDefect).map(row))}
## Other differences

Where ModSecurity and Coraza disagree, where a mistake used to pass unseen, or where more is possible here.

${table(
  ["Coraza or ModSecurity", "Cuirass", "test"],
  differences.filter((difference) => !isDefect(difference)).map((difference) => row(difference).slice(1)),
)}
## What is supported

**yes**; **partial**: the note or the reference says what is missing; **ignored**: accepted without effect; **empty**: the name is
accepted and never has a value; **no**: refused. Where Cuirass ignores something it says so when rules load.

${Object.entries(titles)
  .map(([kind, title]) => section(kind, title, support[kind]))
  .join("\n")}`;
}

const isDefect = ({ id }) => id !== undefined;

function row({ id, subject, cuirass, tests }) {
  const proof = tests.map(({ title, file }) => `[${cell(title)}](${file})`).join("<br>");
  return [id, cell(subject), cell(cuirass), proof];
}

function section(kind, title, rows) {
  const supported = Object.keys(rows).filter((name) => here[kind](name) === "yes").length;
  const link = kind === "ctl" ? "docs/reference/actions.md" : `docs/reference/${kind}.md`;
  const body = Object.entries(rows).map(([name, [coraza, modsecurity, note = ""]]) => [
    `\`${name}\``,
    here[kind](name),
    coraza,
    modsecurity,
    cell(note),
  ]);
  return `### ${title}

${supported} of ${body.length} are supported in full. [Reference](${link}).

${table(["", "Cuirass", "Coraza", "ModSecurity 3", "note"], body)}`;
}
