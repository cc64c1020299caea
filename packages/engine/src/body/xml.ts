import { SaxesParser } from "saxes";
import type { BodyProcessorDefinition } from "./body-processor.ts";
import type { ByteString } from "../text/bytes.ts";
import { encodeUtf8 } from "../text/bytes.ts";
import { decodeUtf8 } from "../text/utf8-decode.ts";
import { XmlCollector } from "./xml-collector.ts";

const DEPTH_LIMIT = 1024;

/**
 * XML: texts (`/*`) and attribute values (`//@*`) into XML, and, by setting, into ARGS_POST.
 *
 * Compat: a strict tokenizer (decision 3): a fault is reported, and what stood before it is kept. No document type, no
 * entities beyond the five of XML, nothing is ever loaded.
 */
export const xml: BodyProcessorDefinition = {
  name: "XML",
  summary: "Texts and attribute values into XML.",
  processRequest: ({ body, variables, parseXmlIntoArgs, addArgument }) => {
    const collector = new XmlCollector();
    const error = readXml(body.text(), collector);
    if (parseXmlIntoArgs !== "OnlyArgs") {
      for (const value of collector.attributes) variables.xml.add("//@*", value);
      for (const { text } of collector.texts) variables.xml.add("/*", text);
      variables.xml.setDocument(collector.root);
    }
    if (parseXmlIntoArgs !== "Off") for (const { name, text } of collector.texts) addArgument(name, text);
    return error;
  },
};

/** Feeds a document to the collector; the first fault ends it and is returned. */
function readXml(bytes: ByteString, collector: XmlCollector): string | undefined {
  let error: string | undefined;
  const parser = new SaxesParser();
  const fail = (message: string): void => {
    error ??= encodeUtf8(message);
  };
  parser.on("error", (fault) => fail(fault.message));
  parser.on("doctype", () => fail("document types are not read"));
  parser.on("opentag", (tag) => {
    if (error !== undefined) return;
    if (collector.depth >= DEPTH_LIMIT) return fail(`elements are nested more than ${DEPTH_LIMIT} deep`);
    collector.open(encodeUtf8(tag.name), Object.entries(tag.attributes as Record<string, string>).map(encodePair));
  });
  parser.on("closetag", () => {
    if (error === undefined) collector.close();
  });
  parser.on("text", (text) => {
    if (error === undefined) collector.text(encodeUtf8(text));
  });
  parser.on("cdata", (text) => {
    if (error === undefined) collector.text(encodeUtf8(text));
  });
  parser.on("comment", () => collector.breakText());
  const text = decodeUtf8(bytes);
  // In pieces, so that a fault ends the work early.
  for (let at = 0; at < text.length && error === undefined; at += 65_536) parser.write(text.slice(at, at + 65_536));
  if (error === undefined) parser.close();
  collector.breakText();
  return error;
}

function encodePair([name, value]: [string, string]): [ByteString, ByteString] {
  return [encodeUtf8(name), encodeUtf8(value)];
}
