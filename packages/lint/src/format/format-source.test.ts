import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { createSource, parse, print } from "@cuirass/seclang";
import { expect, test } from "vitest";
import { formatSource } from "./format-source.ts";

const format = (text: string): string => formatSource("a.conf", text).text;
const tree = (text: string): string => print(parse(createSource("a.conf", text)).document);

test("a long rule gets one action a line, transformations together", () => {
  const rule =
    'SecRule ARGS|REQUEST_HEADERS "@rx union.+select" "id:1,phase:2,deny,t:none,t:lowercase,msg:\'an attack\',tag:attack-sqli,severity:CRITICAL"';
  expect(format(rule)).toBe(`SecRule ARGS|REQUEST_HEADERS "@rx union.+select" \\
    "id:1,\\
    phase:2,\\
    deny,\\
    t:none,t:lowercase,\\
    msg:'an attack',\\
    tag:attack-sqli,\\
    severity:CRITICAL"
`);
});

test("comments stay, chained rules are indented, empty lines are not piled up", () => {
  const text = `


# first
   # second
SecRule ARGS "@rx a" "id:1,phase:2,deny,t:none,chain"
# about the chain
SecRule ARGS "@rx b" "t:none"



secruleengine   On
# last`;
  expect(format(text)).toBe(`# first
# second
SecRule ARGS "@rx a" "id:1,phase:2,deny,t:none,chain"
    # about the chain
    SecRule ARGS "@rx b" "t:none"

SecRuleEngine On
# last
`);
});

test("a text with errors is left alone", () => {
  const text = 'SecRule ARGS @rx "id:1"\n';
  expect(formatSource("a.conf", text)).toMatchObject({ text, changed: false, diagnostics: [{ severity: "error" }] });
});

test("whatever the layout, the tree stays and a second run changes nothing", () => {
  const piece = fc.constantFrom(
    "# comment\n",
    "#\\ \n",
    "\n",
    "  \n",
    "SecRuleEngine On\n",
    '\tsecRuleEngine "On"\n',
    'SecRule ARGS "@rx a\\"b" "id:1,phase:2,deny,t:none,chain"\n',
    'SecRule ARGS|!ARGS:x \\\n  "@pm a b" \\\n  "id:2,phase:2,pass,\\\n  msg:\'%{x} it\\\'s\',t:none,t:lowercase"\n',
    'SecAction "id:3,phase:1,pass,nolog,setvar:tx.a=1,setvar:tx.b=2,setvar:tx.c=3,setvar:tx.d=4,setvar:tx.e=5,setvar:tx.f=6"\n',
    "SecMarker END\n",
    'SecRuleUpdateTargetById 1 "!ARGS:x"\n',
    "Include  *.conf\n",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      const once = format(text);
      expect(tree(once).toLowerCase()).toBe(tree(text).toLowerCase());
      expect(format(once)).toBe(once);
    }),
    { numRuns: 300 },
  );
});

const shared = process.env["CUIRASS_SHARED"] ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));
const rules = join(shared, "crs", "4.28.0", "rules");

test.skipIf(!existsSync(rules))("every file of the Core Rule Set keeps its tree and its comments", () => {
  for (const name of readdirSync(rules).filter((file) => /\.conf/.test(file))) {
    const text = readFileSync(join(rules, name), "latin1");
    const once = formatSource(name, text).text;
    expect(tree(once)).toBe(tree(text));
    expect(formatSource(name, once).text).toBe(once);
    const comments = (all: string): string[] =>
      all
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line.startsWith("#"));
    expect(comments(once)).toEqual(comments(text));
  }
});
