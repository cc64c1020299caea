// Programs of the operations test.
import { createServer } from "node:http";
import { Program, untilListening } from "../e2e/programs.mjs";

/** `cuirass ARGS`; resolves once the port accepts connections. */
export async function startCuirass(root, args, { port, environment = {} }) {
  const program = new Program(process.execPath, [`${root}/packages/cli/bin/cuirass.mjs`, ...args], {
    env: { ...process.env, ...environment },
  });
  await Promise.race([untilListening(port, 60_000), program.exited]);
  if (program.hasExited) throw new Error(`cuirass ended at once:\n${program.output}`);
  return program;
}

/** An application that answers with a short page. */
export function startApplication() {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(200, { "content-type": "text/html" }).end("<p>hello</p>"));
  });
  server.keepAliveTimeout = 30_000;
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve({
        url: `http://127.0.0.1:${server.address().port}`,
        stop: () => {
          server.close();
          server.closeAllConnections();
        },
      }),
    );
  });
}

/** Values of the metrics page by series, e.g. `cuirass_reloads_total{trigger="signal",result="ok"}`. */
export async function metricsOf(adminUrl) {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  return new Map(
    text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

export function equal(got, expected, what) {
  if (got !== expected) throw new Error(`${what}: expected ${expected}, got ${got}`);
}
