import type { FalseAlarm } from "./evidence.ts";
import type { Shape } from "./shapes.ts";
import { escapePattern, keyShapes, pathShape } from "./shapes.ts";

/** Take one target away from one rule, where the evidence is. */
export interface Proposal {
  readonly ruleId: number;
  readonly message: string;
  readonly variable: string;
  /** Keys of the variable; empty for all of it. */
  readonly keys: readonly Shape[];
  /** Methods and paths of the evidence; no path when it was seen all over the site. */
  readonly methods: readonly string[];
  readonly paths: readonly Shape[];
  readonly alarms: readonly FalseAlarm[];
}

/** Name of the group that a proposal belongs to: one rule, one variable. */
export function groupOf({ ruleId, variable }: Pick<Proposal, "ruleId" | "variable">): string {
  return `${ruleId} ${variable}`;
}

/** Cookies and headers seen on more different paths than this are sent with every request. */
const SITE_WIDE = 8;
/** No directive names more paths than this. */
const PATH_LIMIT = 100;

/**
 * The smallest exclusions that cover the false alarms: a proposal for each rule, variable and key, scoped by path and method.
 * Those of one rule and variable are put together, the most scattered first, while there are more than `limit`. Groups of
 * `narrow` keep to the paths of their evidence even where they look site-wide.
 */
export function propose(
  alarms: readonly FalseAlarm[],
  limit: number,
  narrow: ReadonlySet<string> = new Set(),
): Proposal[] {
  const groups = groupBy(alarms, groupOf);
  const byGroup = new Map([...groups].map(([name, group]) => [name, splitByKey(group, narrow.has(name))]));
  const total = (): number => [...byGroup.values()].reduce((sum, { length }) => sum + length, 0);
  while (total() > limit) {
    const [name, parts] = [...byGroup].reduce((most, entry) => (entry[1].length > most[1].length ? entry : most));
    if (parts.length < 2) break;
    byGroup.set(name, [together(parts, narrow.has(name))]);
  }
  return [...byGroup.values()].flat().toSorted((a, b) => a.ruleId - b.ruleId || a.variable.localeCompare(b.variable));
}

function splitByKey(group: readonly FalseAlarm[], narrow: boolean): Proposal[] {
  const shapes = keyShapes([...new Set(group.map(({ key }) => key))]);
  const parts = groupBy(group, ({ key }) => shapes.get(key)!.pattern);
  return [...parts.values()].map((alarms) => {
    const shape = shapes.get(alarms[0]!.key)!;
    return build(alarms, shape.pattern === "" ? [] : [shape], narrow);
  });
}

function together(parts: readonly Proposal[], narrow: boolean): Proposal {
  const keys = parts.some((part) => part.keys.length === 0) ? [] : distinct(parts.flatMap((part) => part.keys));
  return build(
    parts.flatMap(({ alarms }) => alarms),
    keys,
    narrow,
  );
}

function build(alarms: readonly FalseAlarm[], keys: readonly Shape[], narrow: boolean): Proposal {
  const [first] = alarms;
  const paths = distinct(alarms.map(({ path }) => pathShape(path)));
  const isSiteWide = /^REQUEST_(?:COOKIES|HEADERS)/.test(first!.variable);
  return {
    ruleId: first!.ruleId,
    message: first!.message,
    variable: first!.variable,
    keys,
    methods: [...new Set(alarms.map(({ method }) => method))].toSorted(),
    paths:
      paths.length > (isSiteWide && !narrow ? SITE_WIDE : PATH_LIMIT)
        ? []
        : paths.toSorted((a, b) => a.pattern.localeCompare(b.pattern)),
    alarms,
  };
}

function distinct(shapes: readonly Shape[]): Shape[] {
  return [...new Map(shapes.map((shape) => [shape.pattern, shape])).values()];
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** The target as exclusions write it. */
export function targetOf({ variable, keys }: Proposal): string {
  if (keys.length === 0) return variable;
  // Paths into XML are no names: several of them are the whole variable.
  if (variable === "XML") return keys.length === 1 && keys[0]!.exact !== undefined ? `XML:${keys[0]!.exact}` : "XML";
  const [only] = keys;
  if (keys.length === 1 && only!.exact !== undefined && /^[A-Za-z0-9_.-]+$/.test(only!.exact))
    return `${variable}:${only!.exact}`;
  return `${variable}:/${oneOf(keys)}/`;
}

function oneOf(shapes: readonly Shape[]): string {
  const patterns = shapes.map(({ pattern }) => pattern);
  return patterns.length === 1 ? `^${patterns[0]!}$` : `^(?:${patterns.join("|")})$`;
}

/** Where a proposal holds, for people. */
export function scopeOf({ methods, paths }: Proposal): string {
  if (paths.length === 0) return "everywhere";
  const shown = paths.map(({ exact, pattern }) => exact ?? pattern.replaceAll("[^/]+", "*").replaceAll("\\", ""));
  return `${methods.join("|")} ${shown.join(", ")}`;
}

/** The directives of a proposal. `id` and the two after it are free. They belong in front of the rule set. */
export function directivesOf(proposal: Proposal, id: number): string {
  const ctl = `ctl:ruleRemoveTargetById=${proposal.ruleId};${targetOf(proposal)}`;
  const { methods, paths } = proposal;
  if (paths.length === 0) return `SecAction \\\n    "id:${id},phase:1,pass,nolog,\\\n    ${ctl}"\n`;
  const method =
    methods.length === 1 ? `@streq ${methods[0]!}` : `@rx \\A(?:${methods.map(escapePattern).join("|")})\\z`;
  return `SecRule REQUEST_FILENAME "${pathOperator(paths)}" \\
    "id:${id},phase:1,pass,nolog,t:none,chain"
    SecRule REQUEST_METHOD "${method}" \\
        "t:none,\\
        ${ctl}"
`;
}

/** `\A` and `\z` and not `^` and `$`: those match at line breaks too, which a decoded path can hold. */
function pathOperator(paths: readonly Shape[]): string {
  const [only] = paths;
  if (paths.length === 1 && only!.exact !== undefined && /^[\x21\x23-\x24\x26-\x5b\x5d-\x7e]+$/.test(only!.exact))
    return `@streq ${only!.exact}`;
  const patterns = paths.map(({ pattern }) => pattern.replaceAll("\\/", "/"));
  return `@rx \\A(?:${patterns.join("|")})\\z`;
}
