import type { Server, Socket } from "node:net";
import { createServer } from "node:tls";
import type { TLSSocket } from "node:tls";
import type { Certificates } from "./certificates.ts";

/** What a TLS listener tells. */
export interface TlsHandlers {
  /** A connection came in; false when it was closed at once. */
  accept(socket: Socket): boolean;
  /** Its handshake is complete. */
  secured(socket: TLSSocket): void;
  failed(reason: string, socket: Socket): void;
}

/** A TLS listener that offers HTTP/2 and HTTP/1.1 and picks the certificate by the name asked for. */
export function createTlsServer(
  listener: { readonly noDelay: boolean; readonly allowHalfOpen: boolean; readonly keepAlive: boolean },
  certificates: Certificates,
  handshakeMs: number,
  handlers: TlsHandlers,
): Server {
  const server = createServer({
    ...listener,
    handshakeTimeout: handshakeMs,
    ...certificates.fallback,
    ALPNProtocols: ["h2", "http/1.1"],
    SNICallback: (serverName, done) => done(null, certificates.choose(serverName)),
  });
  certificates.onReplace(() => server.setSecureContext(certificates.fallback));
  server.on("connection", (socket) => void handlers.accept(socket));
  server.on("secureConnection", (socket) => {
    socket.on("error", () => socket.destroy());
    handlers.secured(socket);
  });
  server.on("tlsClientError", (error, socket) => {
    handlers.failed(`TLS handshake failed: ${error.message}`, socket);
    socket.destroy();
  });
  return server;
}
