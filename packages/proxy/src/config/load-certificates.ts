import { readFileSync } from "node:fs";
import type { CertificatePair } from "../client/certificates.ts";
import type { ListenerConfig } from "./proxy-config.ts";

/**
 * Reads the certificates of a listener.
 * @throws Error as node:fs does, naming the file.
 */
export function readCertificates(tls: NonNullable<ListenerConfig["tls"]>): CertificatePair[] {
  return tls.certificates.map(({ certificate, key }) => ({
    name: certificate,
    certificate: readFileSync(certificate, "utf8"),
    key: readFileSync(key, "utf8"),
  }));
}
