// HTTP over raw sockets and over node:http, for checks.
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";

const browser = {
  host: "www.example.com",
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  accept: "text/html,application/xhtml+xml,*/*;q=0.8",
};

/** One request; resolves with status 0 when the connection ended without an answer. */
export function send(port, path, { method = "GET", headers = {}, body, agent, timeoutMs = 15_000 } = {}) {
  return new Promise((resolve) => {
    const given = { ...browser, ...headers };
    if (body !== undefined && given["transfer-encoding"] === undefined)
      given["content-length"] = Buffer.byteLength(body);
    const request = httpRequest({ host: "127.0.0.1", port, path, method, headers: given, agent, timeout: timeoutMs });
    const fail = (error) => resolve({ status: 0, headers: {}, text: String(error) });
    request.on("response", (response) => {
      const pieces = [];
      response.on("data", (piece) => pieces.push(piece));
      response.on("error", fail);
      response.on("end", () => {
        const text = Buffer.concat(pieces).toString("utf8");
        resolve({ status: response.statusCode, headers: response.headers, text, local: request.socket?.localPort });
      });
    });
    request.on("timeout", () => request.destroy(new Error("timeout")));
    request.on("error", fail);
    request.end(body);
  });
}

/** Connections that are used again. */
export const keepAlive = () => new Agent({ keepAlive: true, maxSockets: 1 });

/** Writes text, and resolves with everything that comes back until the server closes or `until` is in it. */
export function talk(port, text, { until, timeoutMs = 10_000, onData } = {}) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    let answer = "";
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    socket.on("data", (piece) => {
      answer += piece.toString("latin1");
      onData?.(answer, socket);
      if (until !== undefined && answer.includes(until)) finish();
    });
    socket.on("error", finish);
    socket.on("close", finish);
  });
}

/** Sends a body of this many bytes as fast as the server takes it; resolves with status and text. */
export function upload(port, path, bytes, onProgress = () => undefined) {
  return new Promise((resolve) => {
    const headers = { ...browser, "content-length": bytes, "content-type": "application/octet-stream" };
    // A connection of its own: one on which a large body was refused may be closed when the next request wants it.
    const request = httpRequest({ host: "127.0.0.1", port, path, method: "POST", headers, agent: false });
    request.on("error", (error) => resolve({ status: 0, text: String(error) }));
    request.on("response", (response) => {
      let text = "";
      response.on("data", (piece) => (text += piece));
      response.on("end", () => resolve({ status: response.statusCode, text }));
      response.on("error", (error) => resolve({ status: 0, text: String(error) }));
    });
    const piece = Buffer.alloc(1 << 18, 0x61);
    let left = bytes;
    const write = () => {
      while (left > 0) {
        const part = left < piece.length ? piece.subarray(0, left) : piece;
        left -= part.length;
        onProgress(bytes - left);
        if (!request.write(part)) return void request.once("drain", write);
      }
      request.end();
    };
    write();
  });
}
