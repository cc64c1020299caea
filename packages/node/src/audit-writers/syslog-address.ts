/** Where syslog messages go and how. */
export interface SyslogAddress {
  readonly transport: "udp" | "tcp" | "tls" | "unix";
  /** Host of network transports. */
  readonly host: string;
  readonly port: number;
  /** Path of a unix stream socket. */
  readonly path: string;
  readonly facility: number;
  readonly appName: string;
  /** Octet counting (RFC 6587, 3.4.1), or a line feed after each message, for receivers that know nothing else. */
  readonly framing: "octets" | "lines";
  /** PEM files for TLS. */
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

const ports: Readonly<Record<string, number>> = { udp: 514, tcp: 601, tls: 6514 };
const facilities = "kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock".split(" ");
const parameters: readonly string[] = ["facility", "app", "framing", "ca", "cert", "key"];

const FORMS = "expected udp://HOST[:PORT], tcp://HOST[:PORT], tls://HOST[:PORT], unix:///PATH or HOST:PORT";

/**
 * Reads SecAuditLog of the syslog writer, e.g. `tls://log.example.com?ca=/etc/ssl/log.pem&facility=local3`. `HOST:PORT` is
 * TCP; an empty text means the stream socket /dev/log.
 *
 * @throws Error when it cannot be meant.
 */
export function parseSyslogAddress(target: string): SyslogAddress {
  const text = target === "" ? "unix:///dev/log" : /^[a-z]+:\/\//i.test(target) ? target : `tcp://${target}`;
  const [scheme, rest] = [text.slice(0, text.indexOf(":")).toLowerCase(), text.slice(text.indexOf(":"))];
  if (scheme === "unixgram") {
    throw new Error(
      `SecAuditLog "${target}": Node.js has no datagram unix sockets; listen on a stream socket, or use udp`,
    );
  }
  // As a known scheme, so that the URL parser splits host and port.
  const url = URL.canParse(`http${rest}`) ? new URL(`http${rest}`) : undefined;
  const unix = scheme === "unix" ? new URL(`file${rest}`) : undefined;
  const query = (unix ?? url)?.searchParams;
  if ((scheme !== "unix" && ports[scheme] === undefined) || query === undefined) {
    throw new Error(`SecAuditLog "${target}" is no syslog address: ${FORMS}`);
  }
  for (const name of query.keys()) {
    if (!parameters.includes(name))
      throw new Error(`SecAuditLog "${target}": "${name}" is none of ${parameters.join(", ")}`);
  }
  const port =
    url === undefined || url.port === "" ? (rest.match(/:80(?:[/?]|$)/) ? 80 : ports[scheme]) : Number(url.port);
  return {
    transport: scheme as SyslogAddress["transport"],
    host: unix === undefined ? url!.hostname.replace(/^\[|\]$/g, "") : "",
    port: port ?? 0,
    path: unix === undefined ? "" : decodeURIComponent(unix.pathname),
    facility: facilityOf(query.get("facility") ?? "local0", target),
    appName: query.get("app") ?? "cuirass",
    framing: framingOf(query.get("framing") ?? "octets", target),
    caFile: query.get("ca") ?? undefined,
    certFile: query.get("cert") ?? undefined,
    keyFile: query.get("key") ?? undefined,
  };
}

function facilityOf(name: string, target: string): number {
  const local = /^local([0-7])$/.exec(name)?.[1];
  const number = local === undefined ? facilities.indexOf(name) : 16 + Number(local);
  if (number < 0) throw new Error(`SecAuditLog "${target}": there is no syslog facility "${name}"`);
  return number;
}

function framingOf(name: string, target: string): "octets" | "lines" {
  if (name === "octets" || name === "lines") return name;
  throw new Error(`SecAuditLog "${target}": framing is octets or lines, not "${name}"`);
}
