import { parentPort, workerData } from "node:worker_threads";
import type { TrafficBatch } from "../traffic/open-traffic.ts";
import type { ReplaySetup } from "./replayer.ts";
import { Replayer } from "./replayer.ts";

// A thread of a replay: takes batches, answers with reports. An error ends it; the pool reports that.
const replayer = new Replayer(workerData as ReplaySetup);
const port = parentPort!;
port.on("message", (batch: TrafficBatch) => {
  void replayer.judge(batch).then(
    (report) => port.postMessage(report),
    (error: unknown) => {
      throw error;
    },
  );
});
