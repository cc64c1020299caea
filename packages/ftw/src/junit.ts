import type { TestResult } from "./run-suite.ts";

/** Results as JUnit XML, a suite per rule file. */
export function formatJunit(results: readonly TestResult[]): string {
  const suites = new Map<string, TestResult[]>();
  for (const result of results) {
    const name = String(result.test.ruleId);
    suites.set(name, [...(suites.get(name) ?? []), result]);
  }
  const failed = results.filter((result) => result.outcome === "failed").length;
  const body = [...suites].map(([name, members]) => formatSuite(name, members)).join("");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites tests="${results.length}" failures="${failed}">\n${body}</testsuites>\n`;
}

function formatSuite(name: string, results: readonly TestResult[]): string {
  const failed = results.filter((result) => result.outcome === "failed").length;
  const cases = results.map((result) => {
    const open = `    <testcase classname="${name}" name="${escape(result.test.id)}" time="${(result.milliseconds / 1000).toFixed(4)}"`;
    if (result.outcome !== "failed") return `${open}/>\n`;
    return `${open}>\n      <failure message="${escape(result.details[0] ?? "")}">${escape(result.details.join("\n"))}</failure>\n    </testcase>\n`;
  });
  return `  <testsuite name="${name}" tests="${results.length}" failures="${failed}">\n${cases.join("")}  </testsuite>\n`;
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(/[^\t\n\r\x20-\uffff]/g, "\ufffd");
}
