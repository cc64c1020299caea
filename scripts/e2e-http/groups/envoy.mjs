import { spawn } from "node:child_process";
import { freePort, sleep, until } from "../../e2e/programs.mjs";
import { equal } from "../contract.mjs";

/** `cuirass envoy` in two processes, and a gRPC client that plays Envoy's side. No Envoy is installable here. */
export async function run(group) {
  group.notRun("envoy: a real Envoy", "none is installable by apt or npm; a gRPC client plays its side");
  const [port, admin] = [await freePort(), await freePort()];
  const child = spawn(
    process.execPath,
    [
      ...["packages/cli/bin/cuirass.mjs", "envoy", "--listen", `127.0.0.1:${port}`, "--admin", `127.0.0.1:${admin}`],
      ...["--rules", "built-in", "--workers", "2"],
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (log += piece));
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const ready = () =>
    fetch(`http://127.0.0.1:${admin}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  try {
    await until(ready, `the service is up\n${log}`, 60_000);
    // Imported here, so that a fresh clone has had its packages installed.
    const { EnvoySide } = await import("../../../packages/envoy/test/envoy-side.mjs");
    const envoy = new EnvoySide(port);
    const script = "<script>alert(document.cookie)</script>";
    const form = [["content-type", "application/x-www-form-urlencoded"]];
    for (let round = 0; round < 6; round++) await envoy.request("GET", `/?q=${script}`);
    await group.check("envoy", "benign requests, forms and pages pass", async () => {
      equal(await envoy.request("GET", "/?name=anna"), 0, "page");
      equal(await envoy.request("POST", "/items", form, "name=Anna"), 0, "form");
      equal(await envoy.response("text/html", "<h1>Hello</h1>"), 0, "response");
    });
    await group.check("envoy", "blocked by URI, header, form and response", async () => {
      equal(await envoy.request("GET", `/?q=${script}`), 403, "URI");
      equal(await envoy.request("GET", "/", [["user-agent", "sqlmap/1.8"]]), 403, "header");
      equal(await envoy.request("POST", "/items", form, `q=${encodeURIComponent(script)}`), 403, "form");
      const leak =
        "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version";
      equal(await envoy.response("text/html", leak), 403, "response");
    });
    await group.check("envoy", "500 exchanges at once, each with its own verdict", async () => {
      const statuses = await Promise.all(
        Array.from({ length: 500 }, (_none, index) =>
          envoy.request("POST", "/items", form, index % 2 === 0 ? `q=${encodeURIComponent(script)}` : "q=1"),
        ),
      );
      equal(statuses.filter((status) => status === 403).length, 250, "blocked");
      equal(statuses.filter((status) => status === 0).length, 250, "passed");
    });
    await group.check("envoy", "metrics and decisions of both processes are on one port", async () => {
      const text = await (await fetch(`http://127.0.0.1:${admin}/metrics`)).text();
      equal(text.includes("cuirass_workers 2"), true, "workers");
      const decisions = await (await fetch(`http://127.0.0.1:${admin}/decisions`)).json();
      equal(decisions[0].client, "192.0.2.1", "client of the last decision");
    });
    envoy.close();
    await group.check("envoy", "SIGTERM ends it", async () => {
      child.kill("SIGTERM");
      equal(await Promise.race([exited.then(() => "ended"), sleep(35_000)]), "ended", "the process");
    });
  } finally {
    if (child.exitCode === null) child.kill("SIGKILL");
    await exited;
  }
}
