import type { BodyContext, BodyProcessorDefinition } from "./body-processor.ts";
import type { PartSpan } from "./multipart/parts.ts";
import type { Variables } from "../variables/variables.ts";
import type { ByteString } from "../text/bytes.ts";
import { toBytes } from "../text/bytes.ts";
import { parseBoundary } from "./multipart/boundary.ts";
import { parseDisposition } from "./multipart/disposition.ts";
import { canonicalName, parsePartHead } from "./multipart/part-headers.ts";
import { findParts } from "./multipart/parts.ts";
import { decodeQuotedPrintable } from "./multipart/quoted-printable.ts";
import { noFilesLimitExceeded } from "./urlencoded.ts";

/**
 * MULTIPART: fields into ARGS_POST, files into FILES and kin, every anomaly into a flag (gaps A26).
 *
 * Compat: all MULTIPART_* flags of ModSecurity are set, and MULTIPART_STRICT_ERROR with any of them except
 * MULTIPART_BOUNDARY_QUOTED: a quoted boundary is valid and some client libraries always write one.
 */
export const multipart: BodyProcessorDefinition = {
  name: "MULTIPART",
  summary: "Fields into ARGS_POST, files into FILES, anomalies into MULTIPART_* flags.",
  processRequest: (context) => new MultipartReader(context).read(),
};

class MultipartReader {
  readonly #context: BodyContext;
  readonly #v: Variables;
  #files = 0;
  #fileBytes = 0;
  #crlfLines = false;
  #lfLines = false;

  constructor(context: BodyContext) {
    this.#context = context;
    this.#v = context.variables;
  }

  read(): string | undefined {
    const v = this.#v;
    const boundary = parseBoundary(this.#context.contentType);
    if (typeof boundary === "string") {
      v.multipartStrictError.set("1");
      return boundary;
    }
    if (boundary.quoted) v.multipartBoundaryQuoted.set("1");
    this.#flag(v.multipartBoundaryWhitespace, boundary.whitespace);
    this.#flag(v.multipartMissingSemicolon, boundary.missingSemicolon);

    const text = this.#context.body.text();
    const found = findParts(text, boundary.value);
    this.#flag(v.multipartDataBefore, found.dataBefore);
    this.#flag(v.multipartDataAfter, found.dataAfter);
    this.#flag(v.multipartUnmatchedBoundary, found.unmatchedBoundary);
    this.#crlfLines = found.crlfLines;
    this.#lfLines = found.lfLines;
    for (const part of found.parts) this.#part(text, part);
    this.#flag(v.multipartLfLine, this.#lfLines);
    this.#flag(v.multipartCrlfLfLines, this.#lfLines && this.#crlfLines);
    v.filesCombinedSize.set(String(this.#fileBytes));
    return this.#verdict(found.parts.length > 0, found.closed, text.length);
  }

  #verdict(hasParts: boolean, closed: boolean, length: number): string | undefined {
    const limit = this.#context.settings.requestBodyNoFilesLimit;
    if (hasParts && closed) {
      return limit !== undefined && length - this.#fileBytes > limit ? noFilesLimitExceeded(limit) : undefined;
    }
    this.#v.multipartStrictError.set("1");
    return hasParts ? "the body ends before the final boundary" : "no boundary is found in the body";
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
    this.#flag(v.multipartHeaderFolding, head.folding);
    this.#flag(v.multipartInvalidHeaderFolding, head.invalidFolding);
    const header = (name: string): ByteString | undefined =>
      head.headers.find(([key]) => key.toLowerCase() === name)?.[1];
    const disposition = parseDisposition(header("content-disposition") ?? "");
    const { name = "", filename = "" } = disposition;
    this.#flag(v.multipartInvalidQuoting, disposition.invalidQuoting);
    this.#flag(v.multipartInvalidPart, head.invalidLine || disposition.invalid || disposition.name === undefined);
    for (const [key, value] of head.headers) v.multipartPartHeaders.add(name, `${canonicalName(key)}: ${value}`);
    v.multipartName.add(name, name);

    const raw = text.slice(head.contentStart, end);
    const quotedPrintable = header("content-transfer-encoding")?.toLowerCase() === "quoted-printable";
    const content = quotedPrintable ? decodeQuotedPrintable(raw) : raw;
    if (filename === "") this.#context.addArgument(name, content);
    else this.#file(name, filename, content);
  }

  #file(name: ByteString, filename: ByteString, content: ByteString): void {
    const v = this.#v;
    const { settings } = this.#context;
    this.#files++;
    this.#fileBytes += content.length;
    this.#flag(
      v.multipartFileLimitExceeded,
      settings.uploadFileLimit !== undefined && this.#files > settings.uploadFileLimit,
    );
    v.multipartFilename.add(name, filename);
    v.files.add(name, filename);
    v.filesNames.add(name, name);
    v.filesSizes.add(name, String(content.length));
    v.filesTmpContent.add(name, content);
    this.#store(name, content);
  }

  /** Uploads go to files only where somebody asked for files: SecUploadDir. */
  #store(name: ByteString, content: ByteString): void {
    const { settings, host, uploads } = this.#context;
    if (settings.uploadDirectory === "" || host.tempStorage === undefined) return;
    const file = host.tempStorage.create({
      directory: settings.uploadDirectory,
      prefix: "upload",
      mode: settings.uploadFileMode,
    });
    uploads.push(file);
    file.append(toBytes(content));
    this.#v.filesTmpNames.add(name, file.path);
  }
}
