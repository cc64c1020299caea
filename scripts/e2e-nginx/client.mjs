// Clients that node:http does not have: one HTTP/2 request, a raw connection that is read as it comes.
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";

/** One request over HTTP/2 without TLS. */
export function sendHttp2(port, path, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    let status = 0;
    let text = "";
    const finish = () => {
      session.destroy();
      resolve({ status, text });
    };
    session.on("error", finish);
    const stream = session.request({ ":method": method, ":path": path, ":authority": "www.example.com", ...headers });
    stream.setTimeout(10_000, finish);
    stream.on("response", (answer) => (status = answer[":status"]));
    stream.on("data", (piece) => (text += piece.toString("latin1")));
    stream.on("error", finish);
    stream.on("close", finish);
    stream.end(body);
  });
}

/**
 * Sends bytes and collects what comes with the time of each piece, until `until(text)` holds, the other side ends, or the
 * limit is reached. `onText` may send more.
 */
export function converse(port, bytes, { until = () => false, limitMs = 10_000, onText = () => undefined } = {}) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const started = performance.now();
    const pieces = [];
    let text = "";
    const finish = (ended) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, pieces, ended });
    };
    const timer = setTimeout(() => finish(false), limitMs);
    socket.on("connect", () => socket.write(bytes));
    socket.on("data", (piece) => {
      text += piece.toString("latin1");
      pieces.push({ at: performance.now() - started, text: piece.toString("latin1") });
      onText(text, socket);
      if (until(text)) finish(false);
    });
    socket.on("error", () => finish(true));
    socket.on("close", () => finish(true));
  });
}
