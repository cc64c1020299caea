import type { Host } from "../../host.ts";
import type { WafSettings } from "../../settings.ts";
import type { ByteString } from "../../text/bytes.ts";

/** What a directive may use. */
export interface DirectiveContext {
  readonly settings: WafSettings;
  readonly host: Host;
  /** A file named by a directive: absolute, or beside the configuration file. Throws DirectiveArgumentError when missing. */
  readFile(path: string): ByteString;
  /** Names of audit formats and writers that exist in this WAF, lower-case. */
  readonly auditFormats: readonly string[];
  readonly auditWriters: readonly string[];
  /** Reports something the user ought to know although the directive is accepted. */
  warn(message: string, hint?: string): void;
}

/** A directive with one argument string. SecRule and its kin have a grammar of their own and are compiled elsewhere. */
export interface DirectiveDefinition {
  readonly name: string;
  readonly summary: string;
  /** What the argument is, in a few words; "" when it takes none. */
  readonly argument: string;
  /** `none`: accepted because configurations carry it, with a diagnostic that says what that means. `refused`: an error. */
  readonly effect: "full" | "partial" | "none" | "refused";
  /** Throws {@link DirectiveArgumentError}. */
  apply(argument: ByteString, context: DirectiveContext): void;
}

/** A bad directive argument; the compiler turns it into a located diagnostic. */
export class DirectiveArgumentError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.name = "DirectiveArgumentError";
    this.hint = hint;
  }
}
