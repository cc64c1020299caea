import { describe, expect, test } from "vitest";
import { codesOf, only, parseText } from "./testing.ts";
import { position } from "./index.ts";

describe("lines", () => {
  test("comments and empty lines are dropped, also inside a continued directive", () => {
    const text = 'SecRule ARGS "@rx a" \\\n# note\n\n  "id:1,\\\n   phase:1,\\\n   log"\n';
    const rule = only(text, "rule");
    expect(rule.raw).toBe('SecRule ARGS "@rx a" "id:1,phase:1,log"');
    expect(rule.lastLine).toBe(6);
  });

  test("line ends may be CRLF, and the backslash may be followed by blanks", () => {
    expect(only("SecRuleEngine \\ \t\r\n  On\r\n", "setting").argument).toBe("On");
  });

  test("Compat: white space is ASCII, so a non-breaking blank at the end of a line stays", () => {
    expect(only("SecServerSignature x\xa0\n", "setting").argument).toBe("x\xa0");
  });

  test("a UTF-8 mark at the start of a file is no part of the first directive", () => {
    const node = only("\xef\xbb\xbfSecRuleEngine On", "setting");
    expect(node.name).toBe("SecRuleEngine");
    expect(node.span.start).toBe(3);
  });

  test("Compat: a line of more than 64 KiB does not end the configuration", () => {
    const { document, diagnostics } = parseText(`SecServerSignature "${"x".repeat(200_000)}"\nSecRuleEngine On\n`);
    expect(diagnostics).toEqual([]);
    expect(document.directives).toHaveLength(2);
  });

  test("Compat: a continuation that nothing follows is an error at its backslash", () => {
    const { document, diagnostics } = parseText('SecRuleEngine On\nSecRule ARGS "@rx b" \\\n# end\n');
    expect(document.directives).toHaveLength(1);
    expect(diagnostics.map(({ code }) => code)).toEqual(["SECLANG_CONTINUATION_UNFINISHED"]);
    const { source, start } = diagnostics[0]!.span!;
    expect(source.text[start]).toBe("\\");
  });

  test("Compat: lines are counted per source", () => {
    expect(only('\n\nSecAction "id:1"', "action").lastLine).toBe(3);
    expect(only('SecAction "id:1"', "action").lastLine).toBe(1);
  });

  test("a place behind a continuation is that of the physical line", () => {
    const { diagnostics } = parseText('SecRule ARGS \\\n  "@rx a" \\\n  "id:1,msg:\'open"\n');
    expect(diagnostics.map(({ code }) => code)).toEqual(["SECLANG_ACTION_QUOTE_OPEN"]);
    const { source, start } = diagnostics[0]!.span!;
    expect(position(source, start)).toEqual({ line: 3, column: 13 });
  });

  test("the span of a name that goes over a line end covers both halves", () => {
    const { nameSpan } = only("SecRule\\\n  Engine On", "setting");
    expect(nameSpan.start).toBe(0);
    expect(nameSpan.end).toBe("SecRule\\\n  Engine".length);
  });
});

describe("back-tick blocks", () => {
  test("lines of a block are trimmed, comments and empty lines left out", () => {
    const node = only("SecDataset ds `\n# comment\n  one  \n\ntwo\\\n`\n", "dataset");
    expect(node.name).toBe("ds");
    expect(node.entries).toEqual(["one", "two\\"]);
  });

  test("an open block is an error", () => {
    expect(codesOf("SecDataset ds `\none\n")).toEqual(["SECLANG_BACKTICK_OPEN"]);
  });

  test("text behind the closing back-tick is an error", () => {
    expect(codesOf("SecDataset ds `\none\n` SecRuleEngine On\n")).toEqual(["SECLANG_EXTRA_TEXT"]);
  });

  test("only SecDataset takes a block, and it needs one", () => {
    expect(codesOf("SecRuleEngine `\nOn\n`\n")).toEqual(["SECLANG_BLOCK_UNEXPECTED"]);
    expect(codesOf("SecDataset ds\n")).toEqual(["SECLANG_DATASET_BLOCK_MISSING"]);
  });
});
