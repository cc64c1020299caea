import { nearestName } from "@cuirass/seclang";

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const flag =
  (...words: unknown[]): Check =>
  (value) =>
    words.includes(value);
const whole =
  (least: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least;
const list: Check = (value) => Array.isArray(value);
const called: Check = (value) => typeof value === "function";
const object: Check = (value) => typeof value === "object" && value !== null;

type Table = Readonly<Record<string, readonly [check: Check, expected: string]>>;

const ruleOptions: Table = {
  waf: [(value) => object(value) || called(value), "a WAF made by createWaf, or a function that gives one"],
  rules: [text, "a path, or built-in"],
  mode: [flag("block", "detect"), "block or detect"],
  paranoiaLevel: [flag(1, 2, 3, 4), "1, 2, 3 or 4"],
  settings: [text, "SecLang directives"],
  exclusions: [text, "SecLang directives"],
  requestBodyLimit: [whole(1), "a number of bytes"],
  responseBodyLimit: [whole(1), "a number of bytes"],
  overLimit: [flag("block", "partial"), "block or partial"],
  masking: [object, "lists of arguments, cookies and headers"],
};

const routeOptions: Table = {
  ...ruleOptions,
  path: [text, "a path such as /api/*"],
  methods: [list, "a list of methods"],
};

const adapterOptions: Table = {
  ...ruleOptions,
  onFault: [flag("block", "pass"), "block or pass"],
  skip: [(value) => list(value) || called(value), "a list of paths, or a function"],
  blockResponse: [(value) => flag("auto", "page", "json")(value) || called(value), "auto, page, json or a function"],
  compressedRequests: [flag("inspect", "refuse", "pass"), "inspect, refuse or pass"],
  compressedResponses: [flag("inspect", "pass"), "inspect or pass"],
  clientAddress: [called, "a function"],
  hooks: [object, "an object of functions"],
  onError: [called, "a function"],
  routes: [list, "a list of routes"],
  workers: [whole(0), "a number of threads"],
  queueLimit: [whole(1), "a number of inspections"],
  workerTimeoutMs: [whole(1), "milliseconds"],
  metrics: [object, "a WafMetrics"],
  host: [object, "ports of the engine"],
};

const hooks: Table = {
  decision: [called, "a function"],
  blocked: [called, "a function"],
  fault: [called, "a function"],
};

/**
 * Refuses options that do not exist or cannot mean anything: accepted and ignored, they would leave an application with less
 * protection than its author thinks.
 * @throws Error with everything found.
 */
export function checkOptions(options: object): void {
  const problems = findProblems(options, adapterOptions, "");
  const { hooks: given, routes } = options as { hooks?: object; routes?: readonly object[] };
  if (object(given)) problems.push(...findProblems(given!, hooks, "hooks."));
  if (list(routes)) {
    for (const [at, route] of routes!.entries()) problems.push(...findProblems(route, routeOptions, `routes[${at}].`));
  }
  if (problems.length > 0)
    throw new Error(`options that cannot be used:\n${problems.map((each) => `  ${each}`).join("\n")}`);
}

function findProblems(options: object, table: Table, path: string): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const entry = Object.hasOwn(table, name) ? table[name] : undefined;
    if (entry === undefined) {
      const near = nearestName(name, Object.keys(table));
      return [`${path}${name}: there is no such option${near === undefined ? "" : `; did you mean ${near}?`}`];
    }
    return entry[0](value) ? [] : [`${path}${name}: expected ${entry[1]}, got ${show(value)}`];
  });
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : typeof value === "object" ? "an object" : String(value);
}
