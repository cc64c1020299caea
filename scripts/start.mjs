// npm start: installs and builds what is missing, then serves the demonstration.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const run = (command) => {
  const { status } = spawnSync(command, { shell: true, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
};
if (!existsSync("node_modules/typescript")) run("npm ci --no-fund --no-audit");
run("npx tsc -b");
const { main } = await import("../packages/cli/dist/main.js");
process.exitCode = await main(["node", "cuirass", "start", ...process.argv.slice(2)]);
