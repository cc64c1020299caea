/** What a stage sends (CRS regression test format). Texts are byte strings. */
export interface StageInput {
  readonly destAddr: string;
  readonly port: number;
  readonly method: string;
  readonly uri: string;
  readonly version: string;
  /** In written order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly data: string | undefined;
  /** Add Content-Type, Connection and Content-Length, and encode form bodies. */
  readonly autocompleteHeaders: boolean;
  /** A whole raw request; everything else is ignored then. */
  readonly encodedRequest: string | undefined;
  readonly saveCookie: boolean;
  readonly followRedirect: boolean;
}

/** What a stage expects; every condition given must hold. */
export interface StageOutput {
  readonly status?: number;
  readonly responseContains?: string;
  readonly expectIds?: readonly number[];
  readonly noExpectIds?: readonly number[];
  readonly matchRegex?: string;
  readonly noMatchRegex?: string;
  readonly logContains?: string;
  readonly noLogContains?: string;
  readonly expectError?: boolean;
  /** Only the one expected id may be logged. */
  readonly isolated?: boolean;
  readonly retryOnce?: boolean;
}

/** One exchange. */
export interface Stage {
  readonly input: StageInput;
  readonly output: StageOutput;
}

/** One test of a file. */
export interface FtwTest {
  /** `<rule id>-<test id>`. */
  readonly id: string;
  readonly ruleId: number;
  readonly testId: number;
  readonly title: string;
  readonly description: string;
  readonly file: string;
  readonly stages: readonly Stage[];
}
