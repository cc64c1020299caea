import { readFileSync } from "node:fs";
import type { HeaderLine, RecordedExchange } from "./recorded-exchange.ts";
import { TrafficError, utf8 } from "./recorded-exchange.ts";
import { shellWords } from "./shell-words.ts";

/** Options with a value that say nothing about the request's bytes. */
const withValue: ReadonlySet<string> = new Set(
  "-o --output -w --write-out -m --max-time --connect-timeout -x --proxy --cacert --capath -E --cert --key --resolve --connect-to --interface --retry --retry-delay -c --cookie-jar -D --dump-header --limit-rate --max-redirs --tls-max --ciphers -K --config -Y -y".split(
    " ",
  ),
);

const FORM = "application/x-www-form-urlencoded";

/** Whether a text is a curl command line. */
export function looksCurl(text: string): boolean {
  return /^\s*(?:\$\s+)?curl(?:\.exe)?\s/.test(text);
}

/**
 * The request that a curl command line sends, as browsers' developer tools copy it. Files named with `@` are read.
 * @throws TrafficError when there is no URL, or an option would need something that is not here.
 */
export function readCurl(command: string, name: string): RecordedExchange {
  const draft = new CurlRequest();
  const words = shellWords(command.replace(/^\s*\$\s+/, "")).slice(1);
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!word.startsWith("-") || word === "-") {
      draft.url ??= word;
      continue;
    }
    const long = /^(--[a-z0-9.-]+)=(.*)$/s.exec(word);
    const short = word.startsWith("--") ? undefined : shortOption(word);
    const option = long?.[1] ?? short?.option ?? word;
    const inline = long?.[2] ?? short?.value;
    const value = (): string => {
      if (inline !== undefined) return inline;
      const next = words[++at];
      if (next === undefined) throw new TrafficError(`${name}: curl's ${option} needs a value`);
      return next;
    };
    draft.take(option, value);
  }
  return draft.build(name);
}

/** `-XPOST` and `-d@file`: a letter that takes a value, and the value at once. */
function shortOption(word: string): { readonly option: string; readonly value: string | undefined } {
  const takes = "XHdFAebuomwxEcDKYy";
  const at = [...word].findIndex((letter, index) => index > 0 && takes.includes(letter));
  if (at < 0) return { option: word, value: undefined };
  const value = word.slice(at + 1);
  return { option: `-${word[at]!}`, value: value === "" ? undefined : value };
}

class CurlRequest {
  url: string | undefined;
  #method: string | undefined;
  readonly #headers: [string, string][] = [];
  readonly #data: string[] = [];
  readonly #parts: string[] = [];
  #json = false;
  #get = false;
  #head = false;
  #protocol = "HTTP/1.1";

  take(option: string, value: () => string): void {
    switch (option) {
      case "--url":
        this.url = value();
        return;
      case "-X":
      case "--request":
        this.#method = value();
        return;
      case "-H":
      case "--header":
        return this.#header(value());
      case "-d":
      case "--data":
      case "--data-ascii":
        this.#data.push(fromFile(value(), true));
        return;
      case "--data-raw":
        this.#data.push(utf8(value()));
        return;
      case "--data-binary":
        this.#data.push(fromFile(value(), false));
        return;
      case "--data-urlencode":
        this.#data.push(urlEncoded(value()));
        return;
      case "--json":
        this.#json = true;
        this.#data.push(fromFile(value(), false));
        return;
      case "-F":
      case "--form":
      case "--form-string":
        this.#parts.push(value());
        return;
      case "-G":
      case "--get":
        this.#get = true;
        return;
      case "-I":
      case "--head":
        this.#head = true;
        return;
      case "-A":
      case "--user-agent":
        return this.#set("User-Agent", value());
      case "-e":
      case "--referer":
        return this.#set("Referer", value());
      case "-b":
      case "--cookie":
        return this.#set("Cookie", value());
      case "-u":
      case "--user":
        return this.#set("Authorization", `Basic ${Buffer.from(value(), "utf8").toString("base64")}`);
      case "-0":
      case "--http1.0":
        this.#protocol = "HTTP/1.0";
        return;
      case "--http2":
      case "--http2-prior-knowledge":
        this.#protocol = "HTTP/2.0";
        return;
      case "--compressed":
        return this.#set("Accept-Encoding", "deflate, gzip, br, zstd");
      default:
        if (withValue.has(option)) value();
    }
  }

  #header(line: string): void {
    const colon = line.indexOf(":");
    // `Name;` is curl's way to send an empty header, `Name:` its way to send none.
    if (colon < 0) {
      if (line.endsWith(";")) this.#headers.push([utf8(line.slice(0, -1)), ""]);
      return;
    }
    const text = line.slice(colon + 1).trim();
    const name = utf8(line.slice(0, colon));
    if (text === "") this.#headers.push([name, "\0"]);
    else this.#headers.push([name, utf8(text)]);
  }

  #set(name: string, value: string): void {
    if (!this.#has(name)) this.#headers.push([name, utf8(value)]);
  }

  #has(name: string): boolean {
    return this.#headers.some(([key]) => key.toLowerCase() === name.toLowerCase());
  }

  build(name: string): RecordedExchange {
    if (this.url === undefined) throw new TrafficError(`${name}: the curl command names no URL`);
    const url = /^([a-z][a-z0-9+.-]*):\/\//i.test(this.url) ? this.url : `http://${this.url}`;
    const [, authority = "", rest = ""] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^#]*)/i.exec(url) ?? [];
    let uri = utf8(rest.startsWith("/") ? rest : `/${rest}`);
    let body = this.#json ? this.#data.join("") : this.#data.join("&");
    if (this.#get && body !== "") {
      uri += `${uri.includes("?") ? "&" : "?"}${body}`;
      body = "";
    }
    const { boundary, body: multipart } = this.#multipart();
    if (multipart !== "") body = multipart;
    const hasBody = body !== "" || (this.#data.length > 0 && !this.#get);
    const method = this.#method ?? (this.#head ? "HEAD" : hasBody ? "POST" : "GET");
    const added: HeaderLine[] = [["Host", utf8(authority.slice(authority.lastIndexOf("@") + 1))]];
    if (!this.#has("User-Agent")) added.push(["User-Agent", "curl/8.11.0"]);
    if (!this.#has("Accept")) added.push(["Accept", this.#json ? "application/json" : "*/*"]);
    const last: HeaderLine[] = [];
    if (hasBody && !this.#has("Content-Type")) {
      last.push([
        "Content-Type",
        multipart === "" ? (this.#json ? "application/json" : FORM) : `multipart/form-data; boundary=${boundary}`,
      ]);
    }
    if (hasBody) last.push(["Content-Length", String(body.length)]);
    const host = this.#has("Host") ? added.slice(1) : added;
    const headers = [...host, ...this.#headers, ...last].filter(([, value]) => value !== "\0");
    return { name, method, uri, protocol: this.#protocol, headers, body };
  }

  #multipart(): { readonly boundary: string; readonly body: string } {
    const boundary = "------------------------cuirass0000000001";
    if (this.#parts.length === 0) return { boundary, body: "" };
    const parts = this.#parts.map((part) => {
      const equals = part.indexOf("=");
      const field = part.slice(0, equals);
      const [text = "", ...attributes] = part.slice(equals + 1).split(";");
      const isFile = text.startsWith("@");
      const content = isFile || text.startsWith("<") ? readBytes(text.slice(1)) : utf8(text);
      const type = attributes.find((attribute) => attribute.startsWith("type="))?.slice(5);
      const disposition = `Content-Disposition: form-data; name="${utf8(field)}"${isFile ? `; filename="${utf8(text.slice(text.lastIndexOf("/") + 1).replace("@", ""))}"` : ""}`;
      const contentType = type ?? (isFile ? "application/octet-stream" : undefined);
      return `--${boundary}\r\n${disposition}\r\n${contentType === undefined ? "" : `Content-Type: ${contentType}\r\n`}\r\n${content}\r\n`;
    });
    return { boundary, body: `${parts.join("")}--${boundary}--\r\n` };
  }
}

function fromFile(value: string, stripsLines: boolean): string {
  if (!value.startsWith("@")) return utf8(value);
  const content = readBytes(value.slice(1));
  return stripsLines ? content.replaceAll(/[\r\n]/g, "") : content;
}

function readBytes(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "latin1");
  } catch (error) {
    throw new TrafficError(`curl's @${file} cannot be read: ${(error as Error).message}`);
  }
}

function urlEncoded(value: string): string {
  const equals = value.indexOf("=");
  const name = equals > 0 ? `${utf8(value.slice(0, equals))}=` : "";
  return name + encodeURIComponent(equals < 0 ? value : value.slice(equals + 1));
}
