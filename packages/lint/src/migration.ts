import type { DirectiveNode } from "@cuirass/seclang";
import { visit } from "@cuirass/seclang";
import {
  ctlOptions,
  directives as known,
  findAction,
  findDirective,
  findOperator,
  grammarDirectives,
  transformations,
  unsupportedActions,
  unsupportedOperators,
  variableId,
} from "@cuirass/engine/registries";
import { changes } from "./migration-changes.ts";

/** How something of another engine's configuration fares here. */
export interface MigrationItem {
  readonly kind: "directive" | "variable" | "operator" | "action" | "transformation" | "ctl option";
  readonly name: string;
  readonly uses: number;
  readonly status: "supported" | "changed" | "without effect" | "refused" | "unknown";
  /** What is different, or why it is refused. */
  readonly note: string;
  /** What to write instead; "" when nothing has to be. */
  readonly instead: string;
  /** Where it stands first. */
  readonly place: DirectiveNode["span"];
}

type Verdict = Pick<MigrationItem, "status" | "note" | "instead">;

const supported: Verdict = { status: "supported", note: "", instead: "" };
const unknown: Verdict = {
  status: "unknown",
  note: "neither ModSecurity nor Coraza has it",
  instead: "check the spelling",
};

/** What of a ModSecurity or Coraza configuration works here, what changes, and what to write instead. Worst first. */
export function migrationReport(directives: readonly DirectiveNode[]): MigrationItem[] {
  const items = new Map<string, MigrationItem>();
  const count = (
    kind: MigrationItem["kind"],
    name: string,
    place: MigrationItem["place"],
    verdict: () => Verdict,
  ): void => {
    const key = `${kind} ${name.toLowerCase()}`;
    const item = items.get(key) ?? { kind, name, uses: 0, place, ...changed(kind, name, verdict()) };
    items.set(key, { ...item, uses: item.uses + 1 });
  };
  for (const node of directives) {
    const name = node.kind === "dataset" ? "SecDataset" : node.name;
    count("directive", name, node.span, () => directive(name));
  }
  const document = { kind: "document", source: { name: "", text: "" }, directives } as const;
  visit(document, {
    target: ({ variable, span }) =>
      count("variable", variable.toUpperCase(), span, () => (variableId(variable) === undefined ? unknown : supported)),
    operator: ({ name, span }) =>
      count("operator", `@${name}`, span, () => named(name, findOperator(name), unsupportedOperators)),
    "action-item": ({ name, value = "", span }) => {
      count("action", name, span, () => named(name, findAction(name), unsupportedActions));
      if (name === "t") count("transformation", `t:${value}`, span, () => transformation(value));
      const option = /^\s*(\w+)\s*=/.exec(value)?.[1];
      if (name === "ctl" && option !== undefined) count("ctl option", `ctl:${option}`, span, () => ctlOption(option));
    },
  });
  const order = ["refused", "unknown", "without effect", "changed", "supported"];
  return [...items.values()].toSorted(
    (a, b) =>
      order.indexOf(a.status) - order.indexOf(b.status) || a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name),
  );
}

function directive(name: string): Verdict {
  const definition = findDirective(name);
  if (definition === undefined) {
    return [...known, ...grammarDirectives].some((other) => other.name.toLowerCase() === name.toLowerCase()) ||
      name.toLowerCase() === "secignorerulecompilationerrors"
      ? supported
      : unknown;
  }
  if (definition.effect === "refused" || definition.effect === "none") {
    const status = definition.effect === "refused" ? "refused" : "without effect";
    return { status, note: definition.summary.replace(/^Refused: /, ""), instead: hintOf(definition) };
  }
  if (definition.effect === "partial") return { status: "changed", note: definition.summary, instead: "" };
  return supported;
}

/** What the directive itself says should be done: such a one does nothing but say it. */
function hintOf(definition: NonNullable<ReturnType<typeof findDirective>>): string {
  let hint: string | undefined;
  const context = { warn: (_message: string, text?: string) => (hint = text) };
  try {
    definition.apply("", context as unknown as Parameters<typeof definition.apply>[1]);
  } catch (error) {
    hint = (error as { readonly hint?: string }).hint;
  }
  return hint ?? "delete the line";
}

function named(name: string, found: object | undefined, unsupported: typeof unsupportedOperators): Verdict {
  if (found !== undefined) return supported;
  const refused = unsupported.find((entry) => entry.name.toLowerCase() === name.toLowerCase());
  return refused === undefined ? unknown : { status: "refused", note: refused.reason, instead: refused.hint };
}

function transformation(name: string): Verdict {
  const lower = name.toLowerCase();
  const found = transformations.some((known) =>
    [known.name, ...(known.aliases ?? [])].some((text) => text.toLowerCase() === lower),
  );
  return found ? supported : unknown;
}

function ctlOption(name: string): Verdict {
  const found = ctlOptions.find((option) => option.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) return unknown;
  return found.effect === "none"
    ? { status: "without effect", note: found.summary, instead: "leave it out" }
    : supported;
}

function changed(kind: string, name: string, verdict: Verdict): Verdict {
  const note = changes[`${kind} ${name.toLowerCase()}`];
  return verdict.status !== "supported" || note === undefined ? verdict : { status: "changed", note, instead: "" };
}
