import type { AttributeKind } from "./black-names.ts";
import type { HtmlContext } from "./html5.ts";
import { attributeKind, isBlackTag, isBlackUrl } from "./black-names.ts";
import { Html, HtmlTokenizer } from "./html5.ts";

const contexts: readonly HtmlContext[] = [0, 1, 2, 3, 4];

/** True when a value carries script in any place of a page where it might stand. `value` is a byte string. Source: spec libinjection, 7. */
export function detectXss(value: string): boolean {
  return value !== "" && contexts.some((context) => isXssIn(value, context));
}

function isXssIn(value: string, context: HtmlContext): boolean {
  const tokens = new HtmlTokenizer(value, context);
  let attribute: AttributeKind = "none";
  while (tokens.next()) {
    const { type, start, length } = tokens;
    if (type === Html.Doctype) return true;
    if (
      type === Html.DataText ||
      type === Html.TagNameClose ||
      type === Html.TagNameSelfClose ||
      type === Html.TagClose
    ) {
      attribute = "none";
      continue;
    }
    const text = value.slice(start, start + length);
    if (type === Html.AttributeValue) {
      if (isBlackValue(attribute, text)) return true;
      attribute = "none";
      continue;
    }
    attribute = type === Html.AttributeName ? attributeKind(text) : "none";
    if (type === Html.TagNameOpen && isBlackTag(text)) return true;
    if (type === Html.TagComment && isBlackComment(text)) return true;
  }
  return false;
}

function isBlackValue(attribute: AttributeKind, text: string): boolean {
  switch (attribute) {
    case "black":
    case "style":
      return true;
    case "url":
      return isBlackUrl(text);
    case "indirect":
      return attributeKind(text) === "black";
    default:
      return false;
  }
}

/** Comments that browsers of old run or read: backticks, conditional comments, XML islands. */
function isBlackComment(text: string): boolean {
  if (text.includes("`")) return true;
  if (text.length < 4) return false;
  const head = text.slice(0, 6).toUpperCase();
  if (head.startsWith("[IF") || head.startsWith("XML")) return true;
  return head === "IMPORT" || head === "ENTITY";
}
