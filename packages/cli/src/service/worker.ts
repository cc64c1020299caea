import { takeSnapshot } from "@cuirass/node";
import type { CreateService, Service } from "./service.ts";
import type { ToPrimary, ToWorker } from "./worker-protocol.ts";

const ALIVE_MS = 2000;

/** A worker process: serves until the primary says stop or is gone. */
export async function runWorker(create: CreateService): Promise<void> {
  const tell = (message: ToPrimary): void => {
    if (process.connected) process.send!(message);
  };
  let service: Service;
  try {
    service = await create({ onDecision: (decision) => tell({ type: "decision", decision }) });
    await service.listen();
  } catch (error) {
    tell({ type: "failed", message: (error as Error).message });
    return;
  }
  const alive = setInterval(() => tell({ type: "alive" }), ALIVE_MS);
  const stopped = new Promise<void>((resolve) => {
    process.on("message", (message: ToWorker) => {
      if (message.type === "stop") resolve();
      else if (message.type === "reopen") service.reopen();
      else if (message.type === "snapshot") {
        void takeSnapshot(service.metrics.registry).then((snapshot) =>
          tell({ type: "snapshot", id: message.id, snapshot }),
        );
      } else if (message.type === "reload") {
        void service.reload(message.trigger).then((result) => tell({ type: "reloaded", id: message.id, result }));
      }
    });
    process.on("disconnect", resolve);
    // A terminal sends signals to all processes of a group; the primary decides what they mean.
    process.on("SIGINT", () => undefined);
    process.on("SIGHUP", () => undefined);
    process.on("SIGUSR1", () => undefined);
    process.on("SIGTERM", () => resolve());
  });
  tell({ type: "ready", urls: service.listening, description: service.description });
  await stopped;
  await service.close();
  clearInterval(alive);
  if (process.connected) process.disconnect();
}
