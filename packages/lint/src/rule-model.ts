import type {
  ActionNode,
  DirectiveNode,
  MarkerNode,
  RemoveNode,
  SecActionNode,
  SecRuleNode,
  SettingNode,
  UpdateActionNode,
  UpdateTargetNode,
} from "@cuirass/seclang";

/** A rule of a chain; a rule without a chain is a chain of one. */
export interface Link {
  readonly node: SecRuleNode | SecActionNode;
  /** 0 for the first. */
  readonly level: number;
  /** Lower-case names in force, those that `t:none` takes back left out. */
  readonly transformations: readonly string[];
}

/** A rule as evaluation sees it: from the first `SecRule` or `SecAction` to the end of its chain. */
export interface RuleChain {
  /** 0 when there is none. */
  readonly id: number;
  /** 1 to 5. */
  readonly phase: number;
  readonly tags: readonly string[];
  readonly message: string | undefined;
  readonly links: Link[];
  /** Place among all directives. */
  readonly at: number;
}

/** A configuration as checks look at it. Places count all directives, from 0. */
export interface RuleModel {
  readonly chains: readonly RuleChain[];
  readonly markers: readonly { readonly node: MarkerNode; readonly at: number }[];
  readonly exclusions: readonly (RemoveNode | UpdateTargetNode | UpdateActionNode)[];
  readonly settings: readonly SettingNode[];
  /** Chains that no further rule completes, with what cut them off. */
  readonly broken: readonly { readonly chain: RuleChain; readonly by: DirectiveNode | undefined }[];
}

const phaseNames: ReadonlyMap<string, number> = new Map([
  ["request", 2],
  ["response", 4],
  ["logging", 5],
]);

/** Takes the directives of a configuration apart, in order. */
export function buildModel(directives: readonly DirectiveNode[]): RuleModel {
  const chains: RuleChain[] = [];
  const markers: { node: MarkerNode; at: number }[] = [];
  const exclusions: (RemoveNode | UpdateTargetNode | UpdateActionNode)[] = [];
  const settings: SettingNode[] = [];
  const broken: { chain: RuleChain; by: DirectiveNode | undefined }[] = [];
  let open: RuleChain | undefined;
  for (const [at, node] of directives.entries()) {
    switch (node.kind) {
      case "rule":
      case "action": {
        if (node.name === "SecDefaultAction") break;
        if (open === undefined) {
          open = startChain(node, at);
          chains.push(open);
        } else open.links.push(linkOf(node, open.links.length));
        if (!hasAction(node.actions, "chain")) open = undefined;
        break;
      }
      case "marker":
        if (open !== undefined) broken.push({ chain: open, by: node });
        open = undefined;
        markers.push({ node, at });
        break;
      case "remove":
      case "update-target":
      case "update-action":
        exclusions.push(node);
        break;
      case "setting":
        settings.push(node);
        break;
      default:
        break;
    }
  }
  if (open !== undefined) broken.push({ chain: open, by: undefined });
  return { chains, markers, exclusions, settings, broken };
}

function startChain(node: SecRuleNode | SecActionNode, at: number): RuleChain {
  const { actions } = node;
  const id = lastValue(actions, "id") ?? "";
  const phase = (lastValue(actions, "phase") ?? "2").toLowerCase();
  return {
    id: /^\d{1,15}$/.test(id) ? Number(id) : 0,
    phase: phaseNames.get(phase) ?? (/^[1-5]$/.test(phase) ? Number(phase) : 2),
    tags: actions.filter(({ name }) => name === "tag").map(({ value }) => value ?? ""),
    message: lastValue(actions, "msg"),
    links: [linkOf(node, 0)],
    at,
  };
}

function linkOf(node: SecRuleNode | SecActionNode, level: number): Link {
  let transformations: string[] = [];
  for (const { name, value } of node.actions) {
    if (name !== "t") continue;
    const lower = (value ?? "").toLowerCase();
    if (lower === "none") transformations = [];
    else transformations.push(lower);
  }
  return { node, level, transformations };
}

/** Whether an action of this name stands in the list. */
export function hasAction(actions: readonly ActionNode[], name: string): boolean {
  return actions.some((action) => action.name === name);
}

function lastValue(actions: readonly ActionNode[], name: string): string | undefined {
  return actions.findLast((action) => action.name === name)?.value;
}

/** How messages name a rule. */
export function nameOf(chain: RuleChain): string {
  return chain.id === 0 ? "the rule" : `rule ${chain.id}`;
}
