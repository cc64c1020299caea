import type { AttributeKind } from "./black-names.ts";
import type { HtmlContext } from "./html5.ts";
import { attributeKind, isBlackTag, isBlackUrl } from "./black-names.ts";
import { Html, HtmlTokenizer } from "./html5.ts";

const {
  Doctype: DOCTYPE,
  AttributeName: ATTRIBUTE_NAME,
  AttributeValue: ATTRIBUTE_VALUE,
  TagNameOpen: TAG_NAME_OPEN,
  TagComment: TAG_COMMENT,
} = Html;

/** One for all values; a value is read from the beginning to the end before the next. */
const tokens = new HtmlTokenizer();

/**
 * True when a value carries script in any place of a page where it might stand. `value` is a byte string. Source: spec
 * libinjection, 7.
 *
 * A tag needs a `<`, the value of an attribute a `=`; inside of quotes nothing begins before the quote that closes them.
 */
export function detectXss(value: string): boolean {
  const hasTag = value.includes("<");
  if (!hasTag && !value.includes("=")) return false;
  return (
    (hasTag && isXssIn(value, 0)) ||
    isXssIn(value, 1) ||
    (value.includes("'") && isXssIn(value, 2)) ||
    (value.includes('"') && isXssIn(value, 3)) ||
    (value.includes("`") && isXssIn(value, 4))
  );
}

function isXssIn(value: string, context: HtmlContext): boolean {
  tokens.reset(value, context);
  let attribute: AttributeKind = "none";
  while (tokens.next()) {
    const { type, start, length } = tokens;
    switch (type) {
      case DOCTYPE:
        return true;
      case ATTRIBUTE_NAME:
        attribute = attributeKind(value, start, start + length);
        continue;
      case ATTRIBUTE_VALUE:
        if (attribute !== "none" && isBlackValue(attribute, value.slice(start, start + length))) return true;
        break;
      case TAG_NAME_OPEN:
        if (isBlackTag(value.slice(start, start + length))) return true;
        break;
      case TAG_COMMENT:
        if (isBlackComment(value.slice(start, start + length))) return true;
        break;
    }
    attribute = "none";
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
      return attributeKind(text, 0, text.length) === "black";
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
