import fc from "fast-check";
import { expect, test } from "vitest";
import { createSource, formatDiagnostic, parse, position, print, visit } from "./index.ts";

const seed = 42;

const byteString = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 120 })
  .map((units) => String.fromCharCode(...units));

/** Fragments that SecLang gives a meaning to, glued together at random. */
const fragment = fc.constantFrom(
  ..."SecRule |SecAction |SecDefaultAction |SecMarker |SecDataset d |Include |IncludeOptional |SecRuleEngine |SecX\t".split(
    "|",
  ),
  ..."SecRuleRemoveById |SecRuleRemoveByTag |SecRuleRemoveByMsg |SecRuleUpdateActionById ".split("|"),
  ..."SecRuleUpdateTargetById |SecRuleUpdateTargetByTag |SecRuleUpdateTargetByMsg ".split("|"),
  ..."ARGS ARGS:a ARGS:/b|c/ ARGS:'/d/' ARGS:'e@f' &ARGS !ARGS:g XML:/* JSON:a.b A:/x@y/"
    .split(" ")
    .map((text) => text.replace("@", " ")),
  ..."@rx @pm ! @ id:1 phase:2 msg:'a,b' t:none chain 12 12-15 12:1 /re/ <If> </If>".split(" "),
  '"',
  '"',
  '"',
  "'",
  "\\",
  '\\"',
  "\\'",
  "/",
  "|",
  ",",
  ":",
  " ",
  " ",
  "\t",
  "\n",
  "\n",
  "\\\n",
  "`",
  "`\n",
  "#",
  "\r\n",
  "\v",
  "\xff",
);
const fragments = fc.array(fragment, { maxLength: 30 }).map((parts) => parts.join(""));

/** One directive of the right outline, so that a good share of the texts has no errors. */
const word = fc
  .array(fc.constantFrom("a", "b", "\\", '\\"', "\\\\", "'", "/", " ", "|", ",", ":", "!", "@", "&", "`"), {
    maxLength: 6,
  })
  .map((parts) => parts.join(""));
const target = fc.oneof(
  word.map((key) => `ARGS:${key}`),
  word.map((key) => `!ARGS:/${key}/`),
  word.map((key) => `ARGS:'${key}'`),
  word.map((key) => `XML:${key}`),
);
const targets = fc.array(target, { minLength: 1, maxLength: 3 }).map((list) => list.join("|"));
const actions = fc
  .array(
    fc.oneof(
      word,
      word.map((value) => `msg:'${value}'`),
      word.map((value) => `msg:"${value}"`),
      word.map((value) => `a:${value}`),
    ),
    { maxLength: 4 },
  )
  .map((list) => list.join(","));
const directive = fc.oneof(
  fc.tuple(targets, word, actions).map(([list, operator, acts]) => `SecRule ${list} "${operator}" "${acts}"`),
  fc.tuple(targets, word).map(([list, operator]) => `SecRule ${list} "@rx ${operator}"`),
  actions.map((list) => `SecAction ${list}`),
  actions.map((list) => `SecAction "${list}"`),
  word.map((text) => `SecMarker ${text}`),
  word.map((text) => `Include "${text}"`),
  fc.tuple(word, word).map(([name, text]) => `Sec${name} ${text}`),
  fc.tuple(word, word).map(([name, text]) => `Sec${name} "${text}"`),
  word.map((text) => `SecRuleRemoveByTag ${text}`),
  fc.tuple(word, word).map(([a, b]) => `SecRuleRemoveByMsg "${a}" "${b}"`),
  fc.tuple(word, targets).map(([tag, list]) => `SecRuleUpdateTargetByTag "${tag}" "${list}"`),
  fc.tuple(word, targets, targets).map(([tag, list, old]) => `SecRuleUpdateTargetByMsg ${tag} ${list} ${old}`),
  fc.tuple(targets, targets).map(([list, old]) => `SecRuleUpdateTargetById 12,13 ${list} "${old}"`),
  actions.map((list) => `SecRuleUpdateActionById "12 13" 14:1 "${list}"`),
  fc
    .tuple(word, fc.array(word, { maxLength: 3 }))
    .map(([name, entries]) => `SecDataset ${name} \`\n${entries.join("\n")}\n\``),
);
const program = fc.array(directive, { maxLength: 3 }).map((lines) => lines.join("\n"));
const anyText = fc.oneof(byteString, fragments, program);

/** The tree without places and without the text as written. */
function shape(text: string): unknown {
  const placeKeys = new Set([
    "source",
    "span",
    "nameSpan",
    "valueSpan",
    "variableSpan",
    "argumentSpan",
    "raw",
    "lastLine",
  ]);
  const { document } = parse(createSource("a.conf", text));
  return JSON.parse(JSON.stringify(document, (key, value: unknown) => (placeKeys.has(key) ? undefined : value)));
}

test("parsing never throws and every finding can be formatted", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { diagnostics } = parse(createSource("a.conf", text));
      for (const diagnostic of diagnostics) expect(formatDiagnostic(diagnostic)).toContain(diagnostic.code);
    }),
    { seed, numRuns: 4000 },
  );
});

test("every span lies in its source, and names stand where their spans say", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { document, diagnostics } = parse(createSource("a.conf", text));
      for (const { span } of diagnostics) {
        expect(span!.start).toBeGreaterThanOrEqual(0);
        expect(span!.end).toBeGreaterThanOrEqual(span!.start);
        expect(span!.end).toBeLessThanOrEqual(text.length);
        expect(position(span!.source, span!.start).line).toBeGreaterThanOrEqual(1);
      }
      visit(document, {
        setting: (node) => expect(joined(text, node.nameSpan)).toBe(node.name),
        "action-item": (node) =>
          expect(joined(text, node.nameSpan).replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())).toBe(node.name),
        target: (node, { kind }) => {
          if (kind === "rule") expect(joined(text, node.variableSpan)).toBe(node.variable);
        },
      });
    }),
    { seed, numRuns: 3000 },
  );
});

test("a text without errors prints to a text with an equal tree", () => {
  let compared = 0;
  fc.assert(
    fc.property(anyText, (text) => {
      const { document, diagnostics } = parse(createSource("a.conf", text));
      if (diagnostics.some(({ severity }) => severity === "error")) return;
      const printed = print(document);
      expect(shape(printed), printed).toEqual(shape(text));
      if (document.directives.length > 0) compared++;
    }),
    { seed, numRuns: 12_000 },
  );
  expect(compared).toBeGreaterThan(1000);
});

/** The text of a span with continuations, comments and line ends taken out. */
function joined(text: string, { start, end }: { readonly start: number; readonly end: number }): string {
  return text.slice(start, end).replaceAll(/\\[\t\v\f\r ]*\n(?:\s*(?:#[^\n]*)?\n)*\s*/g, "");
}
