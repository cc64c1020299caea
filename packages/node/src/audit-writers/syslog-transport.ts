import { createSocket } from "node:dgram";
import type { Socket as DatagramSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { connect as connectTcp, isIPv6 } from "node:net";
import type { Socket } from "node:net";
import { hostname } from "node:os";
import { connect as connectTls } from "node:tls";
import type { AuditEntry } from "@cuirass/engine";
import type { AuditTransport } from "./transport.ts";
import type { SyslogAddress } from "./syslog-address.ts";
import { formatSyslog } from "./syslog-message.ts";
import { RefusedError } from "./transport.ts";

const CONNECT_TIMEOUT_MS = 5000;
const WRITE_TIMEOUT_MS = 5000;
/** The largest payload of a UDP datagram over IPv4. */
const DATAGRAM_LIMIT = 65_507;

/** The transport for an address. */
export function createSyslogTransport(address: SyslogAddress): AuditTransport {
  return address.transport === "udp" ? new DatagramTransport(address) : new StreamTransport(address);
}

function format(entry: AuditEntry, { facility, appName }: SyslogAddress): Buffer {
  return formatSyslog(entry, { facility, appName, hostname: hostname(), processId: process.pid });
}

/**
 * RFC 5426: a message a datagram. There is no knowing whether it arrives; an entry that does not fit is refused, because
 * half a record is none.
 */
class DatagramTransport implements AuditTransport {
  readonly name: string;
  readonly batchEntries = 1;
  readonly batchBytes: number = Infinity;
  readonly lingerMs = 0;
  readonly #address: SyslogAddress;
  #socket: DatagramSocket | undefined;

  constructor(address: SyslogAddress) {
    this.#address = address;
    this.name = `udp://${address.host}:${address.port}`;
  }

  deliver([entry]: readonly AuditEntry[]): Promise<void> {
    const { host, port } = this.#address;
    const message = format(entry!, this.#address);
    if (message.length > DATAGRAM_LIMIT) {
      return Promise.reject(new RefusedError(`an entry of ${message.length} bytes fits no datagram; use tcp or tls`));
    }
    this.#socket ??= createSocket(isIPv6(host) ? "udp6" : "udp4")
      .on("error", () => undefined)
      .unref();
    return new Promise((resolve, reject) => {
      this.#socket!.send(message, port, host, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  close(): Promise<void> {
    this.#socket?.close();
    this.#socket = undefined;
    return Promise.resolve();
  }
}

/**
 * RFC 6587 over TCP or a unix stream socket, RFC 5425 over TLS. A batch counts as delivered once the kernel has it: syslog
 * has no answer, so what a receiver had not read when it died is gone. A connection that the receiver has closed is never
 * written to.
 */
class StreamTransport implements AuditTransport {
  readonly name: string;
  readonly batchEntries = 100;
  readonly batchBytes: number = 1024 * 1024;
  readonly lingerMs = 5;
  readonly #address: SyslogAddress;
  #socket: Socket | undefined;

  constructor(address: SyslogAddress) {
    this.#address = address;
    const { transport, host, port, path } = address;
    this.name = transport === "unix" ? `unix://${path}` : `${transport}://${host}:${port}`;
    // Files that cannot be read are found when the rules load.
    tlsFiles(address);
  }

  async deliver(batch: readonly AuditEntry[]): Promise<void> {
    const socket = this.#socket ?? (await this.#connect());
    await this.#write(socket, Buffer.concat(batch.map((entry) => this.#frame(format(entry, this.#address)))));
  }

  close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      setTimeout(() => void (socket.destroy(), resolve()), 1000).unref();
      socket.end(resolve);
    });
  }

  #frame(message: Buffer): Buffer {
    if (this.#address.framing === "octets") return Buffer.concat([Buffer.from(`${message.length} `), message]);
    for (let at = message.indexOf(10); at >= 0; at = message.indexOf(10, at)) message[at] = 0x20;
    return Buffer.concat([message, Buffer.from("\n")]);
  }

  #connect(): Promise<Socket> {
    const { transport, host, port, path } = this.#address;
    return new Promise((resolve, reject) => {
      const socket =
        transport === "tls"
          ? connectTls({ host, port, servername: host, ...tlsFiles(this.#address) })
          : transport === "unix"
            ? connectTcp(path)
            : connectTcp(port, host);
      const timer = setTimeout(
        () => socket.destroy(new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`)),
        CONNECT_TIMEOUT_MS,
      );
      const ready = (): void => {
        clearTimeout(timer);
        socket.unref();
        this.#socket = socket;
        resolve(socket);
      };
      socket.once(transport === "tls" ? "secureConnect" : "connect", ready);
      socket.once("error", reject);
      // A receiver sends nothing; when it closes, the next batch opens a new connection.
      socket.resume();
      socket.once("end", () => this.#drop(socket));
      socket.once("close", () => {
        clearTimeout(timer);
        this.#drop(socket);
        reject(new Error("the connection was closed"));
      });
    });
  }

  #write(socket: Socket, bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#drop(socket);
        finish(() => reject(error));
      };
      const closed = (): void => fail(new Error("the connection was closed"));
      const timer = setTimeout(() => fail(new Error(`not taken within ${WRITE_TIMEOUT_MS} ms`)), WRITE_TIMEOUT_MS);
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        socket.off("error", fail).off("close", closed);
        settle();
      };
      socket.on("error", fail).on("close", closed);
      socket.write(bytes, () => finish(resolve));
    });
  }

  #drop(socket: Socket): void {
    if (this.#socket === socket) this.#socket = undefined;
    socket.destroy();
  }
}

function tlsFiles({ caFile, certFile, keyFile }: SyslogAddress): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  return {
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
    ...(certFile === undefined ? {} : { cert: readFileSync(certFile) }),
    ...(keyFile === undefined ? {} : { key: readFileSync(keyFile) }),
  };
}
