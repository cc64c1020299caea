import type { ServerDuplexStream, ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { Waf } from "@cuirass/engine";
import type { ProcessingRequest, ProcessingResponse } from "./protocol.ts";
import type { EnvoyPolicy, SessionEvents } from "./session.ts";
import { externalProcessor, health } from "./protocol.ts";
import { Session } from "./session.ts";

/** Certificates of the service, PEM. With `clientAuthority` clients have to show one of that authority. */
export interface ServiceTls {
  readonly certificate: Buffer;
  readonly key: Buffer;
  readonly clientAuthority: Buffer | undefined;
}

/** Everything the service is made of. */
export interface EnvoyServiceOptions extends SessionEvents {
  /** The rules of a rule set, asked for each exchange; undefined when there is none of that name. */
  readonly waf: (ruleSet: string) => Waf | undefined;
  readonly policy: EnvoyPolicy;
  readonly tls?: ServiceTls | undefined;
  /** Exchanges at once on one connection of Envoy. Default 10000. */
  readonly streams?: number;
  /** Bytes of a message, which holds a whole body in buffered mode. Default 16 MiB. */
  readonly messageLimit?: number;
}

/** A running service. */
export interface EnvoyService {
  /** `host:port`, or `unix:PATH`. Resolves with the port in use, 0 for a path. */
  listen(address: string): Promise<number>;
  /** Exchanges under way. */
  readonly sessionCount: number;
  /** Takes no new exchanges, lets running ones end for `drainMs` at most, then ends them. */
  close(drainMs?: number): Promise<void>;
}

/** Messages of one exchange that may wait before Envoy is slowed down. */
const WAITING = 16;

/** Metadata of Envoy's call, set in its configuration: which rules, and whether gRPC streams may pass. */
const RULE_SET = "cuirass-rule-set";
const GRPC = "cuirass-grpc";

/** An external processing service for Envoy: one call is one HTTP exchange. */
export function createEnvoyService(options: EnvoyServiceOptions): EnvoyService {
  const limit = options.messageLimit ?? 16 * 1024 * 1024;
  const server = new Server({
    "grpc.max_concurrent_streams": options.streams ?? 10_000,
    "grpc.max_receive_message_length": limit,
    "grpc.max_send_message_length": limit,
  });
  let running = 0;
  let closing = false;
  server.addService(externalProcessor, {
    process: (call: ServerDuplexStream<ProcessingRequest, ProcessingResponse>) => {
      running++;
      void serve(call, options).finally(() => running--);
    },
  });
  server.addService(health, {
    check: (_call: ServerUnaryCall<object, object>, done: sendUnaryData<object>) =>
      done(null, { status: closing ? "NOT_SERVING" : "SERVING" }),
  });
  return {
    get sessionCount() {
      return running;
    },
    listen: (address) =>
      new Promise((resolve, reject) => {
        server.bindAsync(address, credentials(options.tls), (error, port) =>
          error === null ? resolve(port) : reject(error),
        );
      }),
    close: (drainMs = 30_000) =>
      new Promise((resolve) => {
        closing = true;
        const timer = setTimeout(() => server.forceShutdown(), drainMs);
        server.tryShutdown(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

function credentials(tls: ServiceTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const pair = { private_key: tls.key, cert_chain: tls.certificate };
  return ServerCredentials.createSsl(tls.clientAuthority ?? null, [pair], tls.clientAuthority !== undefined);
}

async function serve(
  call: ServerDuplexStream<ProcessingRequest, ProcessingResponse>,
  options: EnvoyServiceOptions,
): Promise<void> {
  const first = (key: string): string => String(call.metadata.get(key)[0] ?? "");
  const ruleSet = first(RULE_SET) || "default";
  const waf = options.waf(ruleSet);
  if (waf === undefined) {
    options.onFault?.("rule-set", `Envoy asks for the rule set "${ruleSet}", which does not exist`, "block", "-");
    // An error, not an end: Envoy takes a clean end for permission to go on.
    call.emit("error", { code: 9, details: `no rule set "${ruleSet}"` });
    return;
  }
  const session = new Session({ waf, ruleSet, grpc: first(GRPC) === "pass", policy: options.policy, events: options });
  await new Promise<void>((resolve) => {
    let waiting = 0;
    let queue = Promise.resolve();
    call.on("data", (message: ProcessingRequest) => {
      if (++waiting >= WAITING) call.pause();
      queue = queue.then(async () => {
        for (const response of await session.handle(message)) if (!call.cancelled) call.write(response);
        if (--waiting < WAITING) call.resume();
      });
    });
    const done = (): void => void queue.then(resolve);
    call.on("end", done);
    call.on("cancelled", done);
    call.on("error", done);
  });
  await session.finish();
  if (!call.cancelled) call.end();
}
