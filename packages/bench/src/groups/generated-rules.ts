import { seededRandom } from "../statistics.ts";

const CONSONANTS = "bcdfghjklmnprstvz";
const VOWELS = "aeiou";
const TARGETS = ["ARGS", "ARGS_NAMES|ARGS", "REQUEST_COOKIES|ARGS", "REQUEST_HEADERS|ARGS", "REQUEST_FILENAME|ARGS"];
const PIPELINES = [
  "t:none,t:urlDecodeUni",
  "t:none,t:urlDecodeUni,t:lowercase",
  "t:none,t:utf8toUnicode,t:urlDecodeUni",
];
const FIRST_ID = 5_000_000;

/** So many different rules of the CRS's kind, none of which matches ordinary traffic: every pattern has words of its own. */
export function generatedRules(count: number, seed: number): string {
  const random = seededRandom(seed);
  const pick = (list: readonly string[] | string): string => list[Math.floor(random() * list.length)]!;
  const word = (): string => {
    let text = "";
    for (let at = 2 + Math.floor(random() * 3); at > 0; at--) text += pick(CONSONANTS) + pick(VOWELS);
    return `${text}x`;
  };
  const shapes: (() => string)[] = [
    () => `(?i)\\b${word()}\\s*\\(`,
    () => `(?i)${word()}[\\s\\x0b]+(?:${word()}|${word()})\\b`,
    () => `(?:^|[;&|])\\s*${word()}(?:\\.exe)?\\s+-[a-z]`,
    () => `(?i)<${word()}[^>]*?\\bon${word()}\\s*=`,
    () => `/${word()}/(?:${word()}|${word()})\\.(?:php|jsp)`,
    () => `(?i)(?:${word()}|${word()}|${word()})\\[['\\"]`,
    () => `\\$\\{${word()}:[^}]{1,40}\\}`,
  ];
  let text = "";
  for (let at = 0; at < count; at++) {
    const shape = shapes[Math.floor(random() * shapes.length)]!;
    text += `SecRule ${pick(TARGETS)} "@rx ${shape()}" "id:${FIRST_ID + at},phase:2,block,${pick(PIPELINES)},log,msg:'generated'"\n`;
  }
  return text;
}
