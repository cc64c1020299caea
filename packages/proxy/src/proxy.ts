import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Waf } from "@cuirass/engine";
import type { ClientConnection, ClientStream } from "./client/client-stream.ts";
import type { ClientTimeouts, Connection, ConnectionContext } from "./client/http1-connection.ts";
import type { ExchangeEvents, ExchangePolicy, RouteTarget } from "./inspect/exchange-context.ts";
import type { HeadLimits } from "./request-head.ts";
import type { RouteMatch } from "./routing/router.ts";
import type { UpstreamEvents, UpstreamOptions } from "./upstream/upstream-group.ts";
import type { Certificates } from "./client/certificates.ts";
import { Http1Connection } from "./client/http1-connection.ts";
import { Http2Connection } from "./client/http2-connection.ts";
import { SocketReader } from "./client/socket-reader.ts";
import { createTlsServer } from "./client/tls-server.ts";
import { ownResponse } from "@cuirass/node";
import { Exchange } from "./inspect/exchange.ts";
import { Router } from "./routing/router.ts";
import { TrustedProxies, unmapped } from "./routing/trusted-proxies.ts";
import { UpstreamGroup } from "./upstream/upstream-group.ts";

/** Which requests go where, judged by which rules. */
export interface RouteOptions extends RouteMatch {
  readonly upstream: string;
  readonly ruleSet: string;
  readonly grpc: boolean;
}

/** What may be changed while the proxy runs. */
export interface ProxySettings {
  readonly upstreams: readonly UpstreamOptions[];
  readonly routes: readonly RouteOptions[];
  readonly trustedProxies: readonly string[];
  readonly policy: ExchangePolicy;
  readonly timeouts: ClientTimeouts;
  readonly headLimits: HeadLimits;
  readonly requestsPerConnection: number;
  /** Open connections of clients; more are closed at once. */
  readonly connections: number;
}

/** What a proxy tells its host. */
export interface ProxyEvents extends ExchangeEvents, Partial<UpstreamEvents> {
  /** A request was refused before there was a transaction. */
  onRefused?(status: number, reason: string, client: string): void;
  /** A connection was closed because there were too many, or because its TLS handshake failed. */
  onConnectionError?(reason: string, client: string): void;
}

/** Everything a proxy is made of. */
export interface ProxyOptions extends ProxySettings, ProxyEvents {
  /** The rules of a rule set; asked for each request, so that they can be replaced while running. */
  readonly waf: (ruleSet: string) => Waf;
}

/** A running reverse proxy. */
export interface Proxy {
  /** Starts listening; port 0 picks a free one. With certificates it speaks TLS. Resolves with the address in use. */
  listen(port: number, host?: string, certificates?: Certificates): Promise<AddressInfo>;
  /** New requests go by these settings; connections and running exchanges stay. */
  update(settings: ProxySettings): void;
  /** Open connections of clients. */
  readonly connectionCount: number;
  /** Stops accepting, lets running exchanges end for `drainMs` at most (default 30000), then closes everything. */
  close(drainMs?: number): Promise<void>;
}

/** A reverse proxy that inspects what passes through: HTTP/1.1 and HTTP/2, with and without TLS. */
export function createProxy(options: ProxyOptions): Proxy {
  return new RunningProxy(options);
}

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

interface Settings extends ProxySettings {
  readonly groups: ReadonlyMap<string, UpstreamGroup>;
  readonly router: Router<RouteOptions & RouteTarget>;
  readonly trusted: TrustedProxies;
}

class RunningProxy implements Proxy {
  readonly #options: ProxyOptions;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<Connection>();
  readonly #context: ConnectionContext;
  #settings: Settings;
  #closing = false;
  #onIdle: (() => void) | undefined;

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#settings = this.#prepare(options);
    const settings = (): Settings => this.#settings;
    this.#context = {
      get timeouts() {
        return settings().timeouts;
      },
      get headLimits() {
        return settings().headLimits;
      },
      get requestsPerConnection() {
        return settings().requestsPerConnection;
      },
      draining: () => this.#closing,
      handle: (stream) => this.#handle(stream),
      onRefused: (status, reason, client) => options.onRefused?.(status, reason, client),
    };
  }

  get connectionCount(): number {
    return this.#sockets.size;
  }

  listen(port: number, host?: string, certificates?: Certificates): Promise<AddressInfo> {
    const listener = { noDelay: true, allowHalfOpen: true, keepAlive: true } as const;
    const server: Server =
      certificates === undefined
        ? createServer(listener, (socket) => this.#accept(socket) && this.#serve(socket, undefined))
        : createTlsServer(listener, certificates, this.#options.timeouts.requestHead, {
            accept: (socket) => this.#accept(socket),
            secured: (socket) => this.#serve(socket, socket.getProtocol() ?? "TLS"),
            failed: (reason, socket) => this.#options.onConnectionError?.(reason, unmapped(socket.remoteAddress)),
          });
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port, host, backlog: 1024 }, () => resolve(server.address() as AddressInfo));
    });
  }

  update(settings: ProxySettings): void {
    const before = this.#settings.groups;
    this.#settings = this.#prepare(settings);
    for (const group of before.values()) group.close();
  }

  async close(drainMs = 30_000): Promise<void> {
    this.#closing = true;
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const connection of this.#connections) connection.drain();
    const drained = new Promise<void>((resolve) => (this.#onIdle = resolve));
    if (this.#sockets.size > 0) {
      const timer = setTimeout(() => {
        for (const socket of this.#sockets) socket.destroy();
      }, drainMs);
      await drained;
      clearTimeout(timer);
    }
    await Promise.all(closed);
    for (const group of this.#settings.groups.values()) group.close();
  }

  #prepare(settings: ProxySettings): Settings {
    const events: UpstreamEvents = {
      onError: (upstream, server, error) => this.#options.onError?.(upstream, server, error),
      onHealth: (upstream, server, healthy, reason) => this.#options.onHealth?.(upstream, server, healthy, reason),
    };
    const trusted = new TrustedProxies(settings.trustedProxies);
    const groups = new Map(settings.upstreams.map((upstream) => [upstream.name, new UpstreamGroup(upstream, events)]));
    const routes = settings.routes.map((route) => {
      const upstream = groups.get(route.upstream);
      if (upstream === undefined) throw new Error(`there is no upstream "${route.upstream}"`);
      return { ...route, upstream, waf: () => this.#options.waf(route.ruleSet) };
    });
    return { ...settings, groups, router: new Router(routes) as unknown as Settings["router"], trusted };
  }

  /** False when there are too many connections already. */
  #accept(socket: Socket): boolean {
    socket.on("error", () => socket.destroy());
    if (this.#closing || this.#sockets.size >= this.#settings.connections) {
      this.#options.onConnectionError?.("too many connections", unmapped(socket.remoteAddress));
      socket.destroy();
      return false;
    }
    this.#sockets.add(socket);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#onIdle?.();
    });
    return true;
  }

  #serve(socket: Socket, tls: string | undefined): void {
    const peer: ClientConnection = {
      remoteAddress: unmapped(socket.remoteAddress),
      remotePort: socket.remotePort ?? 0,
      localAddress: unmapped(socket.localAddress),
      localPort: socket.localPort ?? 0,
      tls,
    };
    if (tls !== undefined && (socket as TLSSocket).alpnProtocol === "h2") return this.#serveHttp2(socket, peer);
    const reader = new SocketReader(socket);
    const connection = new Http1Connection(socket, reader, peer, this.#context);
    this.#track(connection, socket);
    if (tls !== undefined) return void connection.serve();
    void this.#startsHttp2(reader).then((isHttp2) => {
      if (!isHttp2) return void connection.serve();
      this.#connections.delete(connection);
      socket.unshift(reader.detach());
      this.#serveHttp2(socket, peer);
    });
  }

  #serveHttp2(socket: Socket, peer: ClientConnection): void {
    this.#track(new Http2Connection(socket, peer, this.#context), socket);
  }

  #track(connection: Connection, socket: Socket): void {
    this.#connections.add(connection);
    socket.on("close", () => this.#connections.delete(connection));
  }

  /** Without TLS a client that knows what it wants begins with a preface that is no HTTP/1.1 (RFC 9113, 3.3 and 3.4). */
  async #startsHttp2(reader: SocketReader): Promise<boolean> {
    const deadline = performance.now() + this.#settings.timeouts.requestHead;
    while (PREFACE.startsWith(reader.pending.toString("latin1", 0, PREFACE.length))) {
      if (reader.pending.length >= PREFACE.length) return true;
      const left = deadline - performance.now();
      if (left <= 0 || !(await reader.more(left))) return false;
    }
    return false;
  }

  async #handle(stream: ClientStream): Promise<void> {
    const settings = this.#settings;
    const identity = settings.trusted.identify(stream.head, stream.connection);
    const routing = settings.router.choose(stream.head);
    if (!("route" in routing)) return this.#refuse(stream, routing.status, routing.reason, identity.address);
    await new Exchange(stream, identity, routing.route, settings.policy, this.#options).run();
  }

  #refuse(stream: ClientStream, status: number, reason: string, client: string): void {
    this.#options.onRefused?.(status, reason, client);
    const accept = stream.head.headers.find(([name]) => name.toLowerCase() === "accept")?.[1] ?? "";
    const response = ownResponse(status, "-", accept, `The request was refused: ${reason}.`);
    const body = Buffer.from(response.body, "utf8");
    const bodyFollows = stream.head.method !== "HEAD";
    stream.respond(status, [...response.headers, ["Content-Length", String(body.length)]], bodyFollows);
    if (!bodyFollows) return;
    void stream.write(body);
    stream.end([]);
  }
}
