import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { SecureContext, SecureContextOptions } from "node:tls";

/** A certificate chain and its key, PEM. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
  /** Where it came from, for messages. */
  readonly name: string;
}

interface Entry {
  readonly context: SecureContext;
  readonly leaf: X509Certificate;
}

/** The certificates of a listener, chosen by the name that the client asks for. Can be replaced while running. */
export class Certificates {
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  #entries: readonly Entry[];
  #first: CertificatePair;
  readonly #listeners: (() => void)[] = [];

  /** @throws Error naming the pair that cannot be used. */
  constructor(pairs: readonly CertificatePair[], minVersion: "TLSv1.2" | "TLSv1.3" = "TLSv1.2") {
    this.minVersion = minVersion;
    this.#entries = pairs.map((pair) => load(pair, minVersion));
    this.#first = pairs[0]!;
  }

  /** For clients that ask for no name. */
  get fallback(): SecureContextOptions {
    return contextOptions(this.#first, this.minVersion);
  }

  onReplace(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Connections from now on get these. When one of them cannot be used it throws and the old ones stay. */
  replace(pairs: readonly CertificatePair[]): void {
    this.#entries = pairs.map((pair) => load(pair, this.minVersion));
    this.#first = pairs[0]!;
    for (const listener of this.#listeners) listener();
  }

  /** The first one made for that name, exact names before wildcards; without any the first of all. */
  choose(serverName: string): SecureContext {
    const exact = this.#entries.find(({ leaf }) => leaf.checkHost(serverName, { wildcards: false }) !== undefined);
    const fitting = exact ?? this.#entries.find(({ leaf }) => leaf.checkHost(serverName) !== undefined);
    return (fitting ?? this.#entries[0]!).context;
  }

  /** Names and end of validity of each, for logs and metrics. */
  describe(): { readonly names: string; readonly validTo: Date }[] {
    return this.#entries.map(({ leaf }) => ({
      names: leaf.subjectAltName ?? leaf.subject,
      validTo: new Date(leaf.validTo),
    }));
  }
}

function contextOptions(pair: CertificatePair, minVersion: "TLSv1.2" | "TLSv1.3"): SecureContextOptions {
  // Of TLS 1.2 only suites that HTTP/2 allows (RFC 9113, appendix A): forward secrecy and authenticated encryption.
  return { cert: pair.certificate, key: pair.key, minVersion, ciphers: "ECDHE+AESGCM:ECDHE+CHACHA20" };
}

function load(pair: CertificatePair, minVersion: "TLSv1.2" | "TLSv1.3"): Entry {
  try {
    const leaf = new X509Certificate(pair.certificate);
    return { context: createSecureContext(contextOptions(pair, minVersion)), leaf };
  } catch (error) {
    throw new Error(`${pair.name}: ${(error as Error).message}`, { cause: error });
  }
}
