import type { Bytes, Interruption, MaybePromise, Transaction, Waf } from "@cuirass/engine";
import { encodeUtf8, isByteString } from "@cuirass/engine";
import { LiveDecision } from "./decision.ts";
import type { BodyStep, HeadStep, Inspection, RuleSetFacts, RuleSetHandle } from "./inspection.ts";
import { after } from "./maybe.ts";
import type { ParsedLeaves } from "./parsed.ts";
import { findDisagreements } from "./parsed.ts";
import type { HeaderLines, RequestHead, ResponseHead } from "./shapes.ts";
import { firstHeader } from "./shapes.ts";

/** A WAF, or where to find the one in force when rules are replaced while they are in use. */
export type WafSource = Waf | (() => Waf);

/** Reads a transaction before it is closed. */
export type Observer = (tx: Transaction) => void;

/** A WAF in this thread as a rule set handle. */
export function localRuleSet(source: WafSource, observe?: Observer): RuleSetHandle {
  const current = typeof source === "function" ? source : (): Waf => source;
  return {
    get blocking() {
      return ruleSetFacts(current()).blocking;
    },
    get refusesBeyondLimit() {
      return ruleSetFacts(current()).refusesBeyondLimit;
    },
    open: () => new LocalInspection(current(), { observe }),
  };
}

/** What hosts have to know of a compiled rule set. */
export function ruleSetFacts({ settings }: Waf): RuleSetFacts {
  return {
    blocking: settings.ruleEngine === "On",
    refusesBeyondLimit: {
      request: settings.requestBodyLimitAction === "Reject",
      response: settings.responseBodyLimitAction === "Reject",
    },
  };
}

/** One exchange inspected by a transaction of this thread. */
export class LocalInspection implements Inspection {
  readonly decision: LiveDecision;
  readonly #waf: Waf;
  readonly #tx: Transaction;
  readonly #observe: Observer | undefined;
  #held: Iterator<Uint8Array> | undefined;

  constructor(waf: Waf, options: { readonly id?: string; readonly observe?: Observer | undefined } = {}) {
    const { id } = options;
    this.#waf = waf;
    this.#observe = options.observe;
    this.#tx = waf.newTransaction(id === undefined ? {} : { id });
    this.decision = new LiveDecision(this.#tx);
  }

  openRequest(head: RequestHead, bodyFollows: boolean): MaybePromise<HeadStep> {
    const tx = this.#tx;
    addHead(tx, head);
    return after(tx.processRequestHeaders(), (interruption) => {
      if (interruption === undefined && bodyFollows && tx.isRequestBodyAccessible() && !tx.isRuleEngineOff()) {
        return { interruption, inspectBody: true, bodyLimit: tx.control.requestBodyLimit };
      }
      return interruption === undefined ? after(tx.processRequestBody(), noBody) : noBody(interruption);
    });
  }

  writeRequest(piece: Uint8Array): MaybePromise<BodyStep> {
    return this.#tx.writeRequestBody(piece);
  }

  endRequest(trailers: HeaderLines): MaybePromise<Interruption | undefined> {
    for (let at = 0; at + 1 < trailers.length; at += 2) {
      this.#tx.addRequestHeader(trailers[at]!, trailers[at + 1]!);
    }
    return this.#tx.processRequestBody();
  }

  nextHeld(): Uint8Array | undefined {
    this.#held ??= this.#tx.requestBody.reader();
    const next = this.#held.next();
    return next.done === true ? undefined : next.value;
  }

  compareParsed(head: RequestHead, parsed: ParsedLeaves): MaybePromise<Interruption | undefined> {
    if (this.#tx.isRuleEngineOff()) return undefined;
    const where = findDisagreements(this.#tx, parsed);
    return where.length === 0 ? undefined : this.#inspectParsed(head, parsed, where);
  }

  openResponse(head: ResponseHead, bodyFollows: boolean): MaybePromise<HeadStep> {
    const tx = this.#tx;
    const { headers } = head;
    for (let at = 0; at + 1 < headers.length; at += 2) {
      tx.addResponseHeader(bytes(headers[at]!), bytes(headers[at + 1]!));
    }
    return after(tx.processResponseHeaders(head.status, head.protocol), (interruption) => {
      if (interruption !== undefined) return noBody(interruption);
      const inspect = bodyFollows && tx.isResponseBodyAccessible() && tx.isResponseBodyProcessable();
      if (!inspect || tx.isRuleEngineOff()) return after(tx.processResponseBody(), noBody);
      return { interruption, inspectBody: true, bodyLimit: tx.control.responseBodyLimit };
    });
  }

  writeResponse(piece: Bytes): MaybePromise<BodyStep> {
    return this.#tx.writeResponseBody(piece);
  }

  endResponse(): MaybePromise<Interruption | undefined> {
    return this.#tx.processResponseBody();
  }

  close(): MaybePromise<void> {
    return after(this.#tx.processLogging(), () => {
      this.#observe?.(this.#tx);
      this.#tx.close();
    });
  }

  /**
   * The request once more, with the arguments that the framework read. Rules find attacks in them as in any argument, and
   * `TX:parsed_disagreement` ("query", "params", "body", joined by commas) lets a rule act on the difference itself.
   */
  #inspectParsed(
    head: RequestHead,
    parsed: ParsedLeaves,
    where: readonly string[],
  ): MaybePromise<Interruption | undefined> {
    const tx = this.#waf.newTransaction({ id: this.#tx.id });
    this.decision.add(tx);
    tx.setTx("parsed_disagreement", where.join(","));
    addHead(tx, head);
    for (const [name, value] of parsed.query) tx.addGetArgument(name, value);
    for (const [name, value] of parsed.params) tx.addPathArgument(name, value);
    const headers = tx.processRequestHeaders();
    return after(headers, () => {
      for (const [name, value] of parsed.body) tx.addPostArgument(name, value);
      return after(tx.processRequestBody(), (interruption) =>
        after(tx.processLogging(), () => {
          tx.close();
          return interruption;
        }),
      );
    });
  }
}

const nothing: HeadStep = { interruption: undefined, inspectBody: false, bodyLimit: 0 };

function noBody(interruption: Interruption | undefined): HeadStep {
  return interruption === undefined ? nothing : { interruption, inspectBody: false, bodyLimit: 0 };
}

function addHead(tx: Transaction, head: RequestHead): void {
  const { client, server, headers } = head;
  tx.processConnection(client.address, client.port, server.address, server.port);
  tx.processUri(head.target, head.method, head.protocol);
  for (let at = 0; at + 1 < headers.length; at += 2) tx.addRequestHeader(headers[at]!, headers[at + 1]!);
  tx.setServerName(firstHeader(headers, "host"));
}

/** What came over the wire is a byte string; what an application made up itself, in a response, may be more. */
function bytes(text: string): string {
  return isByteString(text) ? text : encodeUtf8(text);
}
