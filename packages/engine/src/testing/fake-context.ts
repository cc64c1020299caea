import type { Host } from "../host.ts";
import type { Macro } from "../compile/macro.ts";
import type { OperatorCompileContext, OperatorDefinition, OperatorMatcher } from "../operator.ts";
import type { WafSettings } from "../settings.ts";
import { OperatorArgumentError } from "../operator.ts";
import { defaultSettings } from "../settings.ts";
import { FakeState } from "./fake-state.ts";

/** What a test may put in place of the defaults below. */
export interface FakeContextOptions {
  readonly host?: Host;
  readonly files?: Readonly<Record<string, string>>;
  readonly datasets?: Readonly<Record<string, readonly string[]>>;
  readonly settings?: Partial<WafSettings>;
}

/** A compile context for tests of operators; warnings are collected. */
export class FakeContext implements OperatorCompileContext {
  readonly settings: WafSettings;
  readonly host: Host;
  readonly warnings: string[] = [];
  readonly #options: FakeContextOptions;

  constructor(options: FakeContextOptions = {}) {
    this.#options = options;
    this.host = options.host ?? {};
    this.settings = { ...defaultSettings(), ...options.settings };
  }
  /** Knows `%{tx.name}` only. */
  macro(text: string): Macro {
    const pattern = /%\{tx\.([a-z0-9_]+)\}/gi;
    return {
      text,
      dynamic: text.includes("%{"),
      expand: (tx) => text.replaceAll(pattern, (_all, name: string) => tx.variables.tx.first(name) ?? ""),
      expandWith: () => undefined,
    };
  }
  readDataFile(path: string): string {
    const content = this.#options.files?.[path];
    if (content === undefined) throw new OperatorArgumentError(`cannot read "${path}": no such file`);
    return content;
  }
  dataset(name: string): readonly string[] | undefined {
    return this.#options.datasets?.[name];
  }
  warn(message: string): void {
    this.warnings.push(message);
  }
}

/** Compiles an operator with the fakes. */
export function compileWith(
  operator: OperatorDefinition,
  argument: string,
  options: FakeContextOptions = {},
): OperatorMatcher {
  return operator.compile(argument, new FakeContext(options));
}

/** Whether an operator that answers at once matches the value. */
export function matches(
  operator: OperatorDefinition,
  argument: string,
  value: string,
  options: FakeContextOptions = {},
): boolean {
  return compileWith(operator, argument, options).match(value, new FakeState()) as boolean;
}

/** TX:0 ... TX:9 after the operator ran with `capture`. */
export function capturesOf(
  operator: OperatorDefinition,
  argument: string,
  value: string,
  options: FakeContextOptions = {},
): string[] {
  const state = new FakeState({ capturing: true });
  void compileWith(operator, argument, options).match(value, state);
  return state.captures;
}

/** The error with which an operator refuses its argument. */
export function refusal(
  operator: OperatorDefinition,
  argument: string,
  options: FakeContextOptions = {},
): OperatorArgumentError {
  try {
    compileWith(operator, argument, options);
  } catch (error) {
    if (error instanceof OperatorArgumentError) return error;
    throw error;
  }
  throw new Error(`@${operator.name} accepts ${JSON.stringify(argument)}`);
}

/** The files, datasets and ports that the examples of the operators rely on. */
export const exampleEnvironment: FakeContextOptions = {
  files: {
    "networks.data": "# test networks\n192.0.2.0/24\n\n  10.0.0.0/8 , ::1\r\n",
    "phrases.data": "# phrases\nUNION select\n\n  sleep( \r\n",
    "more.data": "benchmark(\n",
    "person.json": '{"required":["name"]}',
  },
  datasets: { networks: ["192.0.2.0/24", "::1"], phrases: ["union", "sleep("] },
  host: {
    geoDatabase: {
      lookup: (address) => (address === "192.0.2.1" ? { COUNTRY_CODE: "CL", CITY: "Valpara\u00edso" } : undefined),
    },
    resolver: {
      lookup: (name) =>
        name === "99.2.0.192.list.example" || name === "spam.example.list.example" ? { text: "listed" } : undefined,
    },
    programRunner: {
      run: (_path, [file]) => ({ exitCode: 0, output: file!.endsWith("virus") ? "0 found\n" : "1 clean\n" }),
    },
    schemaCompiler: { compile: (schema) => (document) => hasRequired(schema, document) },
  },
};

/** As much of JSON schema as the tests need: `required`. */
function hasRequired(schema: unknown, document: unknown): boolean {
  const { required } = schema as { required: string[] };
  return typeof document === "object" && document !== null && required.every((name) => name in document);
}
