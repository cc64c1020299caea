import { ActionArgumentError, createWaf, OperatorArgumentError } from "@cuirass/engine";

// An operator: `compile` runs once per rule, `match` once per value. Values are byte strings, one unit per byte.
const longerThan = {
  name: "longerThan",
  summary: "True when the value has more bytes than the argument says.",
  argument: "number of bytes",
  examples: [{ title: "longer", argument: "3", input: "four", matches: true }],
  compile(argument) {
    const limit = Number(argument);
    if (!(limit >= 0)) throw new OperatorArgumentError(`"${argument}" is not a number of bytes`);
    return { match: (value) => value.length > limit };
  },
};

// A transformation: pure, never throws, and returns the very same string when nothing changes.
const dropHyphens = {
  name: "dropHyphens",
  summary: "Removes hyphens.",
  examples: [{ title: "number", input: "12-34", output: "1234" }],
  reactsTo: "-",
  apply: (value) => (value.includes("-") ? value.replaceAll("-", "") : value),
};

// An action: `compile` checks the value when rules load, `evaluate` runs after each match.
const remember = {
  name: "remember",
  summary: "Keeps the matched value in TX under a name.",
  group: "non-disruptive",
  argument: "name",
  example: "remember:card",
  compile(value) {
    if (!value) throw new ActionArgumentError("the name is missing");
    return { evaluate: (tx) => tx.setTx(value.toLowerCase(), tx.variables.matchedVar.value) };
  },
};

// A body processor: chosen by `ctl:requestBodyProcessor=LINES`. A fault is returned as text, not thrown.
const lines = {
  name: "LINES",
  summary: "One argument per line, named by its number.",
  processRequest({ body, addArgument }) {
    body
      .text()
      .split("\n")
      .forEach((line, index) => addArgument(String(index + 1), line));
    return undefined;
  },
};

export const waf = createWaf({
  directives: `
    SecRuleEngine On
    SecRequestBodyAccess On
    SecRule REQUEST_HEADERS:Content-Type "@streq text/lines" \\
        "id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=LINES"
    SecRule ARGS "@longerThan 10" \\
        "id:2,phase:2,deny,status:413,log,t:none,t:dropHyphens,remember:text,msg:'Too long'"
  `,
  plugins: {
    operators: [longerThan],
    transformations: [dropHyphens],
    actions: [remember],
    bodyProcessors: [lines],
  },
});
