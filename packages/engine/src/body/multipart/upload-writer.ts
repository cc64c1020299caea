import type { BodyContext } from "../body-processor.ts";
import type { ByteString } from "../../text/bytes.ts";
import { toBytes } from "../../text/bytes.ts";

/**
 * Puts uploads into temporary files and their paths into FILES_TMPNAMES: at once when SecUploadKeepFiles may keep them,
 * otherwise only when a rule asks for FILES_TMPNAMES, so that uploads nobody inspects need no disk.
 */
export class UploadWriter {
  readonly #context: BodyContext;
  readonly #files: { readonly name: ByteString; readonly content: ByteString }[] = [];

  constructor(context: BodyContext) {
    this.#context = context;
  }

  add(name: ByteString, content: ByteString): void {
    this.#files.push({ name, content });
  }

  /** After the last upload. */
  finish(): void {
    if (this.#files.length === 0 || this.#context.host.tempStorage === undefined) return;
    if (this.#context.settings.uploadKeepFiles === "Off")
      this.#context.variables.filesTmpNames.setSource(() => this.#write());
    else this.#write();
  }

  #write(): void {
    const { host, settings, uploads, variables } = this.#context;
    for (const { name, content } of this.#files) {
      const file = host.tempStorage!.create({
        ...(settings.uploadDirectory === "" ? {} : { directory: settings.uploadDirectory }),
        prefix: "upload",
        mode: settings.uploadFileMode,
      });
      uploads.push(file);
      file.append(toBytes(content));
      variables.filesTmpNames.add(name, file.path);
    }
  }
}
