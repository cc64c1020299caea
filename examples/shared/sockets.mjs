import { WebSocketServer } from "ws";

/** A WebSocket on /socket that sends back what it gets. */
export function echoSockets(server) {
  const sockets = new WebSocketServer({ server, path: "/socket" });
  sockets.on("connection", (socket) => {
    socket.on("error", () => undefined);
    socket.on("message", (message) => socket.send(`echo ${message}`));
  });
}
