import { nearestName } from "@cuirass/seclang";
import type { ActionDefinition } from "../action.ts";
import { ActionArgumentError } from "../action.ts";
import { required } from "./argument.ts";
import { ctlOptions } from "./ctl/index.ts";

const byName = new Map(ctlOptions.map((option) => [option.name.toLowerCase(), option]));

/**
 * `ctl`: changes the engine for the rest of the transaction (spec: seclang, 9).
 *
 * Compat: option names in any case, as in ModSecurity; values are checked at load, Coraza finds bad ones at run time.
 */
export const ctl: ActionDefinition = {
  name: "ctl",
  summary: "Changes the engine for the rest of this transaction.",
  group: "non-disruptive",
  argument: "option=value",
  example: "ctl:ruleRemoveTargetById=942100;ARGS:password",
  compile: (value, draft, context) => {
    const text = required(value);
    const equals = text.indexOf("=");
    if (equals < 1) throw new ActionArgumentError(`"${text}" needs an option and a value`, "as in ctl:ruleEngine=Off");
    const name = text.slice(0, equals).trim();
    const option = byName.get(name.toLowerCase());
    if (option === undefined) {
      const nearest = nearestName(
        name,
        ctlOptions.map((known) => known.name),
      );
      throw new ActionArgumentError(
        `there is no ctl option "${name}"`,
        nearest === undefined ? undefined : `did you mean ${nearest}?`,
      );
    }
    const apply = option.compile(text.slice(equals + 1).trim(), context);
    const { until } = option;
    if (until === undefined) return { evaluate: apply };
    if (draft.phase > until && !draft.isChild) {
      context.warn(
        `ctl:${option.name} has no effect after phase ${until}`,
        `put it in a rule of phase ${until} or earlier`,
      );
    }
    return {
      evaluate: (tx) => {
        if (tx.phase <= until) apply(tx);
        else tx.log("warn", "ctl option used too late", { option: option.name, phase: tx.phase });
      },
    };
  },
};
