import type { Variables } from "../variables.ts";

/** REMOTE_ADDR, REMOTE_PORT, SERVER_ADDR, SERVER_PORT; ports as decimal text. */
export function populateConnection(
  v: Variables,
  client: string,
  clientPort: number,
  server: string,
  serverPort: number,
): void {
  v.remoteAddr.set(client);
  v.remotePort.set(String(clientPort));
  v.serverAddr.set(server);
  v.serverPort.set(String(serverPort));
}
