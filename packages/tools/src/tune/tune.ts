import type { RuleSetSpec } from "../rule-set-spec.ts";
import { openRuleSet } from "../rule-set-spec.ts";
import type { RecordedExchange } from "../traffic/recorded-exchange.ts";
import type { AlarmCount, FalseAlarm } from "./evidence.ts";
import { collectAlarms } from "./evidence.ts";
import type { ProbeResult } from "./probe.ts";
import { probe } from "./probe.ts";
import type { AttackRun } from "./proof.ts";
import { rerunAttacks, runAttacks, unblocked } from "./proof.ts";
import type { Proposal } from "./proposals.ts";
import { directivesOf, groupOf, propose, scopeOf, targetOf } from "./proposals.ts";
import { evidenceText } from "./print-proposal.ts";

/** How proposals are made. */
export interface TuneOptions {
  readonly ruleSet: RuleSetSpec;
  /** Exchanges known to be attacks: what is blocked of them has to stay blocked. */
  readonly attacks: readonly RecordedExchange[];
  /** Most proposals. */
  readonly limit: number;
  /** Id of the first directive; each proposal takes one. */
  readonly firstId: number;
  /** What is being done, and the share of it that is done, 0 to 1. */
  readonly onProgress?: (step: string, share: number) => void;
}

/** A proposal with its reasons, as plain data. */
export interface TunedProposal {
  readonly id: number;
  readonly rule: number;
  readonly message: string;
  readonly target: string;
  readonly scope: string;
  readonly methods: readonly string[];
  /** Patterns; empty when it holds everywhere. */
  readonly paths: readonly string[];
  readonly evidence: {
    readonly exchanges: number;
    readonly values: number;
    readonly examples: readonly { readonly exchange: string; readonly target: string; readonly value: string }[];
  };
  /** What it lets pass. */
  readonly letsPass: { readonly otherRules: number; readonly probe: ProbeResult | undefined };
  readonly directives: string;
}

/** What tuning found. */
export interface TuneReport {
  readonly before: { readonly exchanges: number; readonly alarming: number; readonly blocked: number };
  readonly after: { readonly alarming: number; readonly blocked: number };
  readonly proposals: readonly TunedProposal[];
  /** Not proposed because an attack would no longer be blocked. */
  readonly rejected: readonly {
    readonly rule: number;
    readonly target: string;
    readonly scope: string;
    readonly wouldUnblock: readonly string[];
  }[];
  /** Rules whose alarms no exclusion of a target takes away, with the number of exchanges. */
  readonly unresolved: readonly { readonly rule: number; readonly exchanges: number }[];
  readonly proof: readonly {
    readonly paranoiaLevel: number | undefined;
    readonly attacks: number;
    readonly blockedBefore: number;
    readonly blockedAfter: number;
    readonly unblocked: readonly string[];
  }[];
  /** All proposals as a file that belongs in front of the rules. */
  readonly directives: string;
}

const ROUNDS = 4;

/** The attack corpus at a paranoia level, without exclusions. */
interface AttackLevel {
  readonly level: number | undefined;
  readonly run: AttackRun;
}

/** What a set of proposals did. */
interface Trial {
  readonly after: AlarmCount;
  readonly results: readonly AttackRun[];
  /** Proposals that let attacks through, with the names of these. */
  readonly broken: ReadonlyMap<Proposal, ReadonlySet<string>>;
  /** Alarms that no proposal was made from. */
  readonly uncovered: readonly FalseAlarm[];
}

function identity({ ruleId, variable, key, method, path, exchange }: FalseAlarm): string {
  return [ruleId, variable, key, method, path, exchange.name].join(" ");
}

/**
 * Proposes exclusions for the false alarms of benign traffic, and proves by replay that the attacks stay blocked. Rules that
 * add up scores and block are never touched.
 */
export async function tune(traffic: readonly RecordedExchange[], options: TuneOptions): Promise<TuneReport> {
  return new Tuner(traffic, options).run();
}

class Tuner {
  readonly #benign: readonly RecordedExchange[];
  readonly #options: TuneOptions;
  readonly #rejected: TuneReport["rejected"][number][] = [];

  constructor(traffic: readonly RecordedExchange[], options: TuneOptions) {
    this.#benign = traffic.filter(({ kind }) => kind !== "attack");
    this.#options = options;
  }

  async run(): Promise<TuneReport> {
    const before = await this.#count("looking for false alarms", "");
    const levels = await this.#attackLevels();
    const narrow = new Set<string>();
    let { alarms } = before;
    let proposals = propose(alarms, this.#options.limit);
    let trial = await this.#try(proposals, alarms, before, levels);
    for (let round = 0; round < ROUNDS && (trial.broken.size > 0 || trial.uncovered.length > 0); round++) {
      const rejected = [...trial.broken].filter(
        ([proposal]) => proposal.paths.length > 0 || narrow.has(groupOf(proposal)),
      );
      for (const [proposal, names] of rejected) this.#reject(proposal, names);
      // A site-wide exclusion that lets an attack through is tried again on the paths of its evidence.
      for (const proposal of trial.broken.keys()) narrow.add(groupOf(proposal));
      const dropped = new Set(rejected.flatMap(([proposal]) => proposal.alarms));
      alarms = [...alarms, ...trial.uncovered].filter((alarm) => !dropped.has(alarm));
      proposals = propose(alarms, this.#options.limit, narrow);
      trial = await this.#try(proposals, alarms, before, levels);
    }
    if (trial.broken.size > 0) {
      for (const [proposal, names] of trial.broken) this.#reject(proposal, names);
      const { broken } = trial;
      proposals = proposals.filter((proposal) => !broken.has(proposal));
      trial = await this.#try(proposals, alarms, before, levels);
    }
    return this.#report(before, trial.after, proposals, levels, trial.results);
  }

  /** What proposals do to the benign traffic and to the attacks. */
  async #try(
    proposals: readonly Proposal[],
    alarms: readonly FalseAlarm[],
    before: AlarmCount,
    levels: readonly AttackLevel[],
  ): Promise<Trial> {
    const broken = new Map<Proposal, Set<string>>();
    if (proposals.length === 0) return { after: before, results: levels.map(({ run }) => run), broken, uncovered: [] };
    const text = this.#text(proposals);
    const after = await this.#count("replaying benign traffic", text);
    const groups = new Set(proposals.map(groupOf));
    const results: AttackRun[] = [];
    for (const { level, run } of levels) {
      const tuned = await this.#attackAgain(level, text, run, groups);
      results.push(tuned);
      this.#blame(proposals, run, tuned, broken);
    }
    // What one exclusion uncovers, in another rule of a chain or another target, is evidence as well.
    const known = new Set(alarms.map(identity));
    const uncovered = after.alarms.filter((alarm) => !known.has(identity(alarm)) && !this.#isRejected(alarm));
    return { after, results, broken, uncovered };
  }

  #isRejected(alarm: FalseAlarm): boolean {
    return this.#rejected.some(({ rule, target }) => rule === alarm.ruleId && target.startsWith(alarm.variable));
  }

  async #count(step: string, exclusions: string): Promise<AlarmCount> {
    const waf = openRuleSet({ ...this.#withExclusions(exclusions), mode: "detect" });
    let done = 0;
    return collectAlarms(waf, this.#benign, () => this.#options.onProgress?.(step, ++done / this.#benign.length));
  }

  #withExclusions(exclusions: string): RuleSetSpec {
    const { ruleSet } = this.#options;
    return { ...ruleSet, before: [ruleSet.before ?? "", exclusions].join("\n") };
  }

  async #attackLevels(): Promise<AttackLevel[]> {
    const { ruleSet, attacks } = this.#options;
    if (attacks.length === 0) return [];
    const own = ruleSet.paranoiaLevel;
    const levels = own === undefined || own === 1 ? [own] : [1, own];
    const runs: AttackLevel[] = [];
    for (const level of levels) {
      const waf = openRuleSet({ ...ruleSet, paranoiaLevel: level, mode: "block" });
      const step = `replaying attacks as it is${level === undefined ? "" : `, level ${level}`}`;
      let done = 0;
      const run = await runAttacks(waf, attacks, () => this.#options.onProgress?.(step, ++done / attacks.length));
      runs.push({ level, run });
    }
    return runs;
  }

  async #attackAgain(
    level: number | undefined,
    exclusions: string,
    before: AttackRun,
    groups: ReadonlySet<string>,
  ): Promise<AttackRun> {
    const waf = openRuleSet({ ...this.#withExclusions(exclusions), paranoiaLevel: level, mode: "block" });
    const { attacks, onProgress } = this.#options;
    const step = `replaying attacks with exclusions${level === undefined ? "" : `, level ${level}`}`;
    return rerunAttacks(waf, attacks, before, groups, (share) => onProgress?.(step, share));
  }

  /** An attack that passes now is the fault of the proposals about what is no longer found in it. */
  #blame(
    proposals: readonly Proposal[],
    before: AttackRun,
    after: AttackRun,
    broken: Map<Proposal, Set<string>>,
  ): void {
    for (const at of unblocked(before, after)) {
      const lost = before.found[at]!.filter((group) => !after.found[at]!.includes(group));
      for (const proposal of proposals.filter((candidate) => lost.includes(groupOf(candidate)))) {
        const names = broken.get(proposal) ?? new Set();
        broken.set(proposal, names.add(this.#options.attacks[at]!.name));
      }
    }
  }

  #reject(proposal: Proposal, names: ReadonlySet<string>): void {
    this.#rejected.push({
      rule: proposal.ruleId,
      target: targetOf(proposal),
      scope: scopeOf(proposal),
      wouldUnblock: [...names],
    });
  }

  #text(proposals: readonly Proposal[]): string {
    return proposals.map((proposal, at) => directivesOf(proposal, this.#options.firstId + at)).join("\n");
  }

  async #report(
    before: AlarmCount,
    after: AlarmCount,
    proposals: readonly Proposal[],
    levels: readonly AttackLevel[],
    results: readonly AttackRun[],
  ): Promise<TuneReport> {
    const { attacks, firstId, onProgress } = this.#options;
    const text = this.#text(proposals);
    const waf = openRuleSet({ ...this.#withExclusions(text), mode: "block" });
    const values = levels.at(-1)?.run.values ?? new Map<number, readonly string[]>();
    const tuned: TunedProposal[] = [];
    for (const [at, proposal] of proposals.entries()) {
      onProgress?.("trying attacks on the excluded targets", (at + 1) / proposals.length);
      tuned.push({
        id: firstId + at,
        rule: proposal.ruleId,
        message: proposal.message,
        target: targetOf(proposal),
        scope: scopeOf(proposal),
        methods: proposal.methods,
        paths: proposal.paths.map(({ pattern }) => pattern),
        evidence: evidenceOf(proposal),
        letsPass: {
          otherRules: otherRules(waf, proposal),
          probe: await probe(waf, proposal, values.get(proposal.ruleId) ?? []),
        },
        directives: directivesOf(proposal, firstId + at),
      });
    }
    const proof = levels.map(({ level, run }, at) => ({
      paranoiaLevel: level,
      attacks: attacks.length,
      blockedBefore: run.blocked.filter(Boolean).length,
      blockedAfter: results[at]!.blocked.filter(Boolean).length,
      unblocked: unblocked(run, results[at]!).map((index) => attacks[index]!.name),
    }));
    return {
      before: { exchanges: before.exchanges, alarming: before.alarming, blocked: before.blocked },
      after: { alarming: after.alarming, blocked: after.blocked },
      proposals: tuned,
      rejected: this.#rejected,
      unresolved: [...after.unresolved].map(([rule, exchanges]) => ({ rule, exchanges })),
      proof,
      directives: tuned
        .map((proposal) => `${evidenceText(proposal, before.exchanges)}${proposal.directives}`)
        .join("\n"),
    };
  }
}

function evidenceOf({ alarms, variable }: Proposal): TunedProposal["evidence"] {
  const exchanges = new Set(alarms.map(({ exchange }) => exchange));
  const examples = alarms.slice(0, 3).map(({ exchange, key, value }) => ({
    exchange: exchange.name,
    target: key === "" ? variable : `${variable}:${key}`,
    // Cookies, headers and whole bodies hold what is secret: the file is meant for version control.
    value: /^(?:ARGS|XML|REQUEST_(?:URI|FILENAME|LINE|BASENAME)|QUERY_STRING|FILES)/.test(variable)
      ? value.slice(0, 80)
      : `(${value.length} bytes)`,
  }));
  return { exchanges: exchanges.size, values: alarms.length, examples };
}

/** Rules of the set that look at the same variable. */
function otherRules(waf: ReturnType<typeof openRuleSet>, { ruleId, variable }: Proposal): number {
  const looks = waf.context.ruleset.rules.filter(
    ({ id, kind, targets, log }) =>
      kind === "rule" &&
      log &&
      id !== ruleId &&
      targets.some(
        ({ name, count }) => !count && (name === variable || (name === "REQUEST_XML" && variable === "XML")),
      ),
  );
  return looks.length;
}
