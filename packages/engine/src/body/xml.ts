import type { BodyContext, BodyProcessorDefinition } from "./body-processor.ts";
import type { ByteString } from "../text/bytes.ts";
import type { XmlSink } from "./xml-collector.ts";
import { NameBudget } from "./name-budget.ts";
import { noFilesLimitError } from "./no-files-limit.ts";
import { exposeBody } from "./raw.ts";
import { XmlCollector } from "./xml-collector.ts";
import { readXml } from "./xml-reader.ts";

/**
 * XML: attribute values (`//@*`) and texts (`/*`) into XML and, by setting, into ARGS_POST. Other paths of the XPath subset
 * are looked up when a rule asks.
 *
 * Compat: a strict tokenizer (decision 3): a fault is reported, and what was read all the same is kept. Where reading
 * stopped before the end, the whole shows as REQUEST_BODY too (decision 2). ARGS is filled as ModSecurity 3 does, with attributes too (gaps A27). Responses are read as well.
 */
export const xml: BodyProcessorDefinition = {
  name: "XML",
  summary: "Texts and attribute values into XML.",
  processRequest: (context) => {
    const { body, variables, parseXmlIntoArgs } = context;
    const sink = new ArgumentSink(context);
    const collector = new XmlCollector(sink);
    const { error, complete } = readXml(body.text(), collector, variables.inboundDataError.value === "1");
    collector.end();
    if (parseXmlIntoArgs !== "OnlyArgs") {
      for (const value of sink.attributes) variables.xml.add("//@*", value);
      for (const value of sink.texts) variables.xml.add("/*", value);
      variables.xml.setDocument(() => body.text());
    }
    if (!complete) exposeBody(context);
    return error ?? sink.error ?? noFilesLimitError(context);
  },
  processResponse: ({ body, variables }) => {
    const texts: ByteString[] = [];
    const collector = new XmlCollector({
      attribute: (value) => variables.responseXml.add("//@*", value),
      text: (value) => texts.push(value),
    });
    const { error } = readXml(body.text(), collector, variables.outboundDataError.value === "1");
    collector.end();
    for (const value of texts) variables.responseXml.add("/*", value);
    return error;
  },
};

class ArgumentSink implements XmlSink {
  readonly attributes: ByteString[] = [];
  readonly texts: ByteString[] = [];
  error: string | undefined = undefined;
  readonly #context: BodyContext;
  readonly #names: NameBudget;

  constructor(context: BodyContext) {
    this.#context = context;
    this.#names = new NameBudget(context.body.size);
  }

  attribute(value: ByteString, argumentName: () => ByteString): void {
    this.attributes.push(value);
    this.#argument(value, argumentName);
  }

  text(value: ByteString, argumentName: () => ByteString): void {
    this.texts.push(value);
    this.#argument(value, argumentName);
  }

  #argument(value: ByteString, argumentName: () => ByteString): void {
    if (this.#context.parseXmlIntoArgs === "Off") return;
    const name = argumentName();
    if (this.#names.take(name)) this.#context.addArgument(name, value);
    else this.error ??= "the names of nested elements are too long";
  }
}
