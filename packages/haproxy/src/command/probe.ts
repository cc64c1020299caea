import { connect } from "node:net";
import type { BindAddress } from "../config/agent-config.ts";
import { encodeFrame, FIN, FrameType, LENGTH_BYTES, noIds, readFrame } from "../spop/frame.ts";
import { FrameSplitter } from "../spop/frame-splitter.ts";
import { encodeList } from "../spop/key-value-list.ts";

const TIMEOUT_MS = 3000;

/** Asks an agent what HAProxy's `option spop-check` asks; true when it answers with HELLO. */
export function probeAgent(bind: BindAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const local = bind.kind === "tcp" && (bind.host === undefined || bind.host === "0.0.0.0" || bind.host === "::");
    const socket =
      bind.kind === "unix" ? connect(bind.path) : connect({ host: local ? "127.0.0.1" : bind.host!, port: bind.port });
    const finish = (healthy: boolean): void => {
      socket.destroy();
      resolve(healthy);
    };
    const splitter = new FrameSplitter(65_536);
    socket.setTimeout(TIMEOUT_MS, () => finish(false));
    socket.on("error", () => finish(false));
    socket.on("close", () => finish(false));
    socket.on("data", (chunk) => {
      const broken = splitter.push(chunk, (bytes) => {
        finish(readFrame(bytes).type === FrameType.agentHello);
        return false;
      });
      if (broken !== undefined) finish(false);
    });
    const hello = encodeList([
      ["supported-versions", { type: "string", value: Buffer.from("2.0") }],
      ["max-frame-size", { type: "uint32", value: 65_536 - LENGTH_BYTES }],
      ["capabilities", { type: "string", value: Buffer.from("") }],
      ["healthcheck", { type: "bool", value: true }],
    ]);
    socket.on("connect", () => socket.write(encodeFrame(FrameType.haproxyHello, FIN, noIds, hello)));
  });
}
