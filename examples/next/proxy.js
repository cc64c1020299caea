import { createWaf } from "@cuirass/engine";
import { cuirass } from "@cuirass/http/next";
import { baseRules, recommendedSettings } from "@cuirass/rules";

const rules = baseRules.map(([name, text]) => ({ name, text }));
const waf = createWaf({ directives: [recommendedSettings, "SecRuleEngine On", ...rules] });

export const proxy = cuirass({ waf });
