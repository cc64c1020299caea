import { basename } from "node:path";
import { styleText } from "node:util";
import type { ExplainedMatch, ExplainedRule, Explanation, PassedOver } from "@cuirass/tools";
import { escapeText } from "./escape-text.ts";

type Style = Parameters<typeof styleText>[0];

/** How an explanation is printed. */
export interface ExplanationStyle {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Rules that only keep accounts (no log) as well. */
  readonly all: boolean;
}

const phases = ["", "request headers", "request body", "response headers", "response body", "logging"];

/** An explanation as a tree. Texts of the request are escaped and cut: they come from an attacker. */
export function formatExplanation(explanation: Explanation, style: ExplanationStyle): string {
  return new Printer(explanation, style).text();
}

class Printer {
  readonly #lines: string[] = [];
  readonly #explanation: Explanation;
  readonly #style: ExplanationStyle;

  constructor(explanation: Explanation, style: ExplanationStyle) {
    this.#explanation = explanation;
    this.#style = style;
  }

  text(): string {
    const { request, name, rules, faults } = this.#explanation;
    this.#line(this.#paint("bold", this.#cut(`${request.method} ${request.uri} ${request.protocol}`, 0)));
    this.#line(
      this.#paint("dim", `${this.#cut(name, 40)}  ${request.headers} headers, ${request.bodyBytes} bytes of body`),
    );
    this.#verdict();
    const shown = rules.filter((rule) => this.#style.all || rule.logged);
    let phase = 0;
    for (const rule of shown) {
      if (rule.phase !== phase) {
        phase = rule.phase;
        this.#line("", this.#paint("bold", `phase ${phase}, ${phases[phase] ?? ""}`));
      }
      this.#rule(rule);
    }
    const hidden = rules.length - shown.length;
    if (hidden > 0) this.#line("", this.#paint("dim", `${hidden} more matched without logging; --all shows them`));
    for (const fault of faults) this.#line(this.#paint("red", `fault ${this.#cut(fault, 6)}`));
    this.#scores();
    this.#passedOver();
    return this.#lines.join("\n");
  }

  #verdict(): void {
    const { verdict, interruption } = this.#explanation;
    const by =
      interruption === undefined
        ? ""
        : interruption.ruleId === 0
          ? " by a limit or fault"
          : ` by rule ${interruption.ruleId}`;
    const how =
      interruption === undefined ? "" : `: ${interruption.action} ${interruption.status || ""}`.trimEnd() + by;
    this.#line(`verdict ${this.#paint([verdict === "passed" ? "green" : "red", "bold"], verdict)}${how}`);
  }

  #rule(rule: ExplainedRule): void {
    const severity = rule.severity === "" ? "" : `  ${rule.severity}`;
    this.#line(`├─ ${this.#paint("yellow", `rule ${rule.id}`)}${severity}  ${this.#cut(rule.message, 30)}`);
    this.#line(this.#paint("dim", `│  ${this.#cut(`${basename(rule.file)}:${rule.line}`, 3)}`));
    for (const match of rule.matches) this.#match(match);
    const changes = rule.changes.filter(({ name, before, after }) => before !== after && !/^\d$/.test(name));
    for (const { name, before, after } of changes) {
      this.#line(
        `│  └ ${this.#cut(name, 40)} ${escapeText(before || "unset", 16)} → ${this.#paint("bold", escapeText(after || "removed", 16))}`,
      );
    }
  }

  #match(match: ExplainedMatch): void {
    const lead = `│  ${"  ".repeat(match.chainLevel)}`;
    const room = lead.length + 14;
    this.#line(
      `${lead}├ ${this.#paint("cyan", this.#cut(match.variable, room + 12))} @${match.operator}${match.chainLevel > 0 ? " (chained)" : ""}`,
    );
    if (match.argument !== "")
      this.#line(this.#paint("dim", `${lead}│   wants     ${this.#cut(match.argument, room)}`));
    if (match.steps.length > 0) this.#line(`${lead}│   received  ${this.#cut(match.received, room)}`);
    for (const { transformation, value } of match.steps) {
      this.#line(this.#paint("dim", `${lead}│   t:${transformation}`));
      this.#line(`${lead}│             ${this.#cut(value, room)}`);
    }
    if (match.unchanged.length > 0)
      this.#line(
        this.#paint(
          "dim",
          `${lead}│   unchanged by ${this.#cut(match.unchanged.map((name) => `t:${name}`).join(","), room + 3)}`,
        ),
      );
    this.#line(`${lead}│   matched   ${this.#excerpt(match, room)}`);
  }

  /** The bytes that matched, with what stands around them. */
  #excerpt({ value, span }: ExplainedMatch, room: number): string {
    if (span === undefined || span[1] > value.length) return this.#cut(value, room);
    const [start, end] = span;
    const width = Math.max(20, this.#style.width - room - 18);
    const length = Math.min(end - start, width);
    const around = Math.max(4, Math.floor((width - length) / 2));
    const from = Math.max(0, start - around);
    const before = (from > 0 ? "…" : "") + escapeText(value.slice(from, start), around + 1);
    const hit = escapeText(value.slice(start, end), length);
    const after = escapeText(value.slice(end, end + around), around);
    return `${before}${this.#paint(["red", "bold"], hit)}${after}  ${this.#paint("dim", `bytes ${start}-${end}`)}`;
  }

  #scores(): void {
    const { scores, thresholds } = this.#explanation;
    if (scores.length === 0) return;
    this.#line("", this.#paint("bold", "score"));
    for (const { name, total, parts } of scores) {
      const sum = parts.map(({ ruleId, points }) => `${points} (${ruleId})`).join(" + ");
      this.#line(`  ${name} ${this.#paint("bold", String(total))} = ${this.#cut(sum, name.length + 10)}`);
    }
    for (const [name, value] of Object.entries(thresholds))
      this.#line(this.#paint("dim", `  ${name} ${escapeText(value, 20)}`));
  }

  #passedOver(): void {
    const { passedOver, tried } = this.#explanation;
    this.#line("", this.#paint("bold", "not tried, or not to the end"));
    for (const group of this.#style.all ? passedOver : together(passedOver))
      this.#line(this.#cut(`  ${describe(group)}`, 0));
    this.#line(this.#paint("dim", `  ${tried} rules were tried and did not match`));
  }

  #line(...lines: readonly string[]): void {
    this.#lines.push(...lines);
  }

  #cut(text: string, taken: number): string {
    return escapeText(text, Math.max(20, this.#style.width - taken - 1));
  }

  #paint(style: Style, text: string): string {
    return this.#style.color ? styleText(style, text, { validateStream: false }) : text;
  }
}

/** One line for all markers that the rules of a phase were skipped to. */
function together(groups: readonly PassedOver[]): PassedOver[] {
  const merged = new Map<string, { group: PassedOver; details: Set<string>; ids: number[] }>();
  for (const group of groups) {
    const key = `${group.phase} ${group.outcome}`;
    const entry = merged.get(key) ?? { group, details: new Set(), ids: [] };
    merged.set(key, entry);
    entry.details.add(group.detail);
    entry.ids.push(...group.ids);
  }
  return [...merged.values()].map(({ group, details, ids }) => ({
    ...group,
    detail: details.size === 1 ? group.detail : `${details.size} markers, see --all`,
    ids,
  }));
}

function describe({ phase, outcome, detail, ids }: PassedOver): string {
  const count = `${ids.length} ${ids.length === 1 ? "rule" : "rules"} of phase ${phase}`;
  const why = outcome === "chain failed" ? "began a chain that did not match whole" : outcome;
  const names = ids.length <= 8 ? ids.join(", ") : `${ids.slice(0, 6).join(", ")} … ${ids.at(-1)!}`;
  return `${count} ${why}${detail === "" ? "" : ` (${detail})`}: ${names}`;
}
