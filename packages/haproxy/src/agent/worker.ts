/** Entry of a worker thread. */
import { parentPort, workerData } from "node:worker_threads";
import type { InspectorConfig } from "../inspect/inspector.ts";
import { serveJobs } from "./serve-jobs.ts";

void serveJobs(parentPort!, workerData as InspectorConfig);
