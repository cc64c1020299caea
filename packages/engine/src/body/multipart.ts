import type { BodyContext, BodyProcessorDefinition } from "./body-processor.ts";
import type { Disposition } from "./multipart/disposition.ts";
import type { PartHead } from "./multipart/part-headers.ts";
import type { BodyParts, PartSpan } from "./multipart/parts.ts";
import type { Entry } from "../variables/collections.ts";
import type { Variables } from "../variables/variables.ts";
import type { ByteString } from "../text/bytes.ts";
import { toLowerAscii } from "../text/ascii.ts";
import { trimSpace } from "../text/trim.ts";
import { parseBoundary } from "./multipart/boundary.ts";
import { parseDisposition } from "./multipart/disposition.ts";
import { parsePartHead } from "./multipart/part-headers.ts";
import { findParts } from "./multipart/parts.ts";
import { decodeTransfer } from "./multipart/transfer-encoding.ts";
import { UploadWriter } from "./multipart/upload-writer.ts";
import { noFilesLimitError } from "./no-files-limit.ts";
import { exposeBody } from "./raw.ts";

/**
 * MULTIPART: fields into ARGS_POST, files into FILES and kin, every anomaly into a flag (gaps A26).
 *
 * Compat: the MULTIPART_* flags are those of ModSecurity. MULTIPART_STRICT_ERROR stands for any of them except two:
 * MULTIPART_BOUNDARY_QUOTED, since a quoted boundary is valid and common client libraries always write one, and
 * MULTIPART_UNMATCHED_BOUNDARY 2, a line with two dashes in an otherwise faultless body, such as a PEM file's.
 */
export const multipart: BodyProcessorDefinition = {
  name: "MULTIPART",
  summary: "Fields into ARGS_POST, files into FILES, anomalies into MULTIPART_* flags.",
  processRequest: (context) => new MultipartReader(context).read(),
};

class MultipartReader {
  readonly #context: BodyContext;
  readonly #v: Variables;
  readonly #uploads: UploadWriter;
  #files = 0;
  #fileBytes = 0;
  #crlfLines = false;
  #lfLines = false;
  #malformedHeader = false;

  constructor(context: BodyContext) {
    this.#context = context;
    this.#v = context.variables;
    this.#uploads = new UploadWriter(context);
  }

  read(): string | undefined {
    const error = this.#readBody();
    this.#uploads.finish();
    if (error !== undefined) this.#v.multipartStrictError.set("1");
    return error ?? noFilesLimitError(this.#context, this.#fileBytes);
  }

  #readBody(): string | undefined {
    const v = this.#v;
    const types = contentTypes(this.#context);
    const boundary = parseBoundary(types.at(-1)!);
    if (typeof boundary === "string") return this.#notTakenApart(boundary);
    if (boundary.quoted) v.multipartBoundaryQuoted.set("1");
    this.#flag(v.multipartBoundaryWhitespace, boundary.whitespace);
    this.#flag(v.multipartMissingSemicolon, boundary.missingSemicolon);

    const text = this.#context.body.text();
    const found = findParts(text, boundary.value);
    this.#flag(v.multipartDataBefore, found.dataBefore);
    this.#flag(v.multipartDataAfter, found.dataAfter);
    this.#crlfLines = found.crlfLines;
    this.#lfLines = found.lfLines;
    for (const part of found.parts) this.#part(text, part);
    this.#flag(v.multipartLfLine, this.#lfLines);
    this.#flag(v.multipartCrlfLfLines, this.#lfLines && this.#crlfLines);
    v.filesCombinedSize.set(String(this.#fileBytes));

    const error = types.length > 1 ? this.#notTakenApart("several Content-Type headers differ") : this.#verdict(found);
    this.#flag(v.multipartUnmatchedBoundary, found.brokenBoundary || (found.dashLine && error !== undefined));
    if (found.dashLine && error === undefined && !found.brokenBoundary) v.multipartUnmatchedBoundary.set("2");
    return error;
  }

  #verdict({ parts, closed, tooMany }: BodyParts): string | undefined {
    if (tooMany) return this.#notTakenApart(`the body has more than ${parts.length} parts`);
    if (this.#malformedHeader) return "a part has a malformed header line";
    // What our own limit cut off is not the sender's fault; INBOUND_DATA_ERROR tells of it.
    if (closed || this.#v.inboundDataError.value === "1") return undefined;
    if (parts.length > 0) return "the body ends before the final boundary";
    return this.#notTakenApart("no boundary is found in the body");
  }

  /** Compat: shows the body as REQUEST_BODY, for its parts are not all in ARGS (decision 2). */
  #notTakenApart(error: string): string {
    exposeBody(this.#context);
    return error;
  }

  #flag(flag: { set(value: ByteString): void }, raised: boolean): void {
    if (!raised) return;
    flag.set("1");
    this.#v.multipartStrictError.set("1");
  }

  #part(text: ByteString, { start, end }: PartSpan): void {
    const v = this.#v;
    const head = parsePartHead(text, start, end);
    if (head.crlfLines) this.#crlfLines = true;
    if (head.lfLines) this.#lfLines = true;
    if (head.malformedLine) this.#malformedHeader = true;
    this.#flag(v.multipartHeaderFolding, head.folding);
    this.#flag(v.multipartInvalidHeaderFolding, head.invalidFolding);

    const dispositions = valuesOf(head, "content-disposition").map(parseDisposition);
    const disposition = dispositions.at(-1) ?? noDisposition;
    const { name = "", filenames } = disposition;
    const invalid = head.invalid || dispositions.length !== 1 || dispositions.some(isInvalid);
    const invalidQuoting = dispositions.some((each) => each.invalidQuoting);
    this.#flag(v.multipartInvalidPart, invalid);
    this.#flag(v.multipartInvalidQuoting, invalidQuoting);
    v.multipartName.add(name, name);
    for (const { line } of head.headers) v.multipartPartHeaders.add(name, line);

    const raw = text.slice(head.contentStart, end);
    const content = decodeTransfer(raw, valuesOf(head, "content-transfer-encoding")[0] ?? "");
    if (filenames.length > 0) this.#file(name, filenames, content);
    // A part with a broken head may be a file to us and a field to the application: then its content counts as both.
    if (filenames.length > 0 && !invalid && !invalidQuoting) return;
    this.#context.addArgument(name, content);
    // Most applications ignore the encoding.
    if (content !== raw) this.#context.addArgument(name, raw);
  }

  #file(name: ByteString, filenames: readonly ByteString[], content: ByteString): void {
    const v = this.#v;
    const { uploadFileLimit } = this.#context.settings;
    this.#files++;
    this.#fileBytes += content.length;
    for (const filename of filenames) {
      v.multipartFilename.add(name, filename);
      v.files.add(name, filename);
    }
    v.filesNames.add(name, name);
    v.filesSizes.add(name, String(content.length));
    v.filesTmpContent.add(name, content);
    const overLimit = uploadFileLimit !== undefined && this.#files > uploadFileLimit;
    this.#flag(v.multipartFileLimitExceeded, overLimit);
    if (!overLimit) this.#uploads.add(name, content);
  }
}

const noDisposition: Disposition = { name: undefined, filenames: [], invalid: true, invalidQuoting: false };

function isInvalid(disposition: Disposition): boolean {
  return disposition.invalid || disposition.name === undefined;
}

function valuesOf(head: PartHead, name: string): ByteString[] {
  return head.headers.filter((header) => header.name === name).map((header) => header.value);
}

/** The distinct Content-Type values, that with the boundary last. */
function contentTypes({ variables, contentType }: BodyContext): ByteString[] {
  const entries: Entry[] = [];
  variables.requestHeaders.select({ kind: "key", key: "content-type", text: "content-type" }, entries);
  const values = [...new Set(entries.map((entry) => entry.value))];
  if (values.length === 0) return [contentType];
  const isMultipart = (value: ByteString): boolean =>
    toLowerAscii(trimSpace(value, true, true)).startsWith("multipart/");
  return [...values.filter((value) => !isMultipart(value)), ...values.filter(isMultipart)];
}
