// HTTP client of the end-to-end test.
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";

const pool = new Agent({ keepAlive: true, maxSockets: 400 });

/** One request; resolves with status 0 when the connection ended without an answer. */
export function send(port, path, { method = "GET", headers = {}, body, agent = pool, timeoutMs = 20_000 } = {}) {
  return new Promise((resolve) => {
    const request = httpRequest({
      host: "127.0.0.1",
      port,
      path,
      method,
      headers: { host: "www.example.com", "user-agent": "e2e", accept: "*/*", ...headers },
      agent,
      timeout: timeoutMs,
    });
    request.on("response", (response) => {
      const pieces = [];
      response.on("data", (piece) => pieces.push(piece));
      response.on("end", () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          text: Buffer.concat(pieces).toString("latin1"),
        }),
      );
      response.on("error", (error) => resolve({ status: 0, headers: {}, text: String(error) }));
    });
    request.on("timeout", () => request.destroy(new Error("timeout")));
    request.on("error", (error) => resolve({ status: 0, headers: {}, text: String(error) }));
    request.end(body);
  });
}

/** Sends pieces with pauses over a raw connection; resolves with the status, 0 when there is no answer in time. */
export function sendPieces(port, pieces, { pauseMs = 100, limitMs = 3000 } = {}) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Number(/^HTTP\/1\.\d (\d+)/.exec(text)?.[1] ?? 0));
    };
    const timer = setTimeout(finish, limitMs);
    socket.on("data", (piece) => {
      text += piece.toString("latin1");
      if (text.includes("\r\n\r\n")) finish();
    });
    socket.on("error", finish);
    socket.on("close", finish);
    socket.on("connect", async () => {
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise((done) => setTimeout(done, pauseMs));
      }
    });
  });
}
