// cuirass replay, explain, tune and profile on generated traffic.
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export async function run({ root, directory, shared, hasShared, test, skip }) {
  if (!hasShared) return skip("replay, explain, tune, profile", `no data at ${shared}`);
  const cuirass = (...args) =>
    spawnSync(process.execPath, [join(root, "packages/cli/bin/cuirass.mjs"), ...args], {
      encoding: "utf8",
      maxBuffer: 512 * 1024 * 1024,
    });
  const crs = ["--rules", join(shared, "crs/4.28.0")];
  const workload = join(shared, "bench/workload.json");
  const { generate } = await import(pathToFileURL(join(shared, "bench/gen-workload.mjs")).href);

  // Perhaps 1.1 GB: written and read in pieces.
  const requests = Number(process.env.REPLAY_REQUESTS ?? 100_000);
  await test(`replay of ${requests} unique requests by 2 workers, with progress`, () => {
    const file = join(directory, "traffic.jsonl");
    const handle = openSync(file, "w");
    for (let seed = 1_000_000, left = requests; left > 0; seed++) {
      const lines = generate(seed)
        .slice(0, left)
        .map((exchange) => `${JSON.stringify(exchange)}\n`);
      writeSync(handle, lines.join(""));
      left -= lines.length;
    }
    closeSync(handle);
    const started = performance.now();
    const { stdout, stderr, status } = cuirass("replay", file, ...crs, "--mode", "block", "--workers", "2", "--json");
    const seconds = (performance.now() - started) / 1000;
    if (status !== 0) throw new Error(`exit code ${status}: ${stderr.slice(-500)}`);
    const report = JSON.parse(stdout);
    writeFileSync(file, "");
    if (report.exchanges !== requests) throw new Error(`${report.exchanges} were judged`);
    if (stderr.split("\n").filter((line) => / %  \d+ exchanges/.test(line)).length < 10)
      throw new Error("no progress was told");
    const perSecond = Math.round(requests / seconds);
    const detail = `${seconds.toFixed(1)} s, ${perSecond}/s, ${report.current.blocked} blocked`;
    // The bound is for a machine of which this test has two cores.
    if (seconds >= 60) throw new Error(`${detail}: not under 60 s`);
    return detail;
  });

  await test("replay against a changed rule set ends with 1 and names what differs", () => {
    const { stdout, status } = cuirass(
      "replay",
      workload,
      ...crs,
      "--mode",
      "block",
      "--changed-paranoia-level",
      "3",
      "--json",
    );
    const report = JSON.parse(stdout);
    if (status !== 1 || report.newlyBlocked === 0 || report.newlyPassed !== 0) throw new Error(`exit code ${status}`);
    return `${report.newlyBlocked} newly blocked`;
  });

  await test("explain tells of a curl command line which rule, which bytes, which score", () => {
    const command = "curl 'http://localhost/?q=%27%20UNION%20SELECT%20password%20FROM%20users--'";
    const { rules, verdict, scores } = JSON.parse(
      cuirass("explain", command, ...crs, "--mode", "block", "--json").stdout,
    );
    const rule = rules.find(({ id }) => id === 942_270);
    if (verdict !== "blocked" || rule?.matches[0]?.span === undefined || scores.length === 0) throw new Error(verdict);
    return `score ${scores[0].total} of ${scores[0].parts.length} rules`;
  });

  for (const level of [2, 3, 4]) {
    await test(`tune at level ${level} brings false alarms to zero and lets no attack through`, () => {
      const output = join(directory, `exclusions-${level}.conf`);
      const args = ["--paranoia-level", String(level), "--output", output, "--json"];
      const { stdout, stderr, status } = cuirass("tune", workload, ...crs, ...args);
      if (status !== 0) throw new Error(`exit code ${status}: ${stderr.slice(-500)}`);
      const { proposals, before, after, proof } = JSON.parse(stdout);
      if (proposals.length > 25) throw new Error(`${proposals.length} proposals`);
      if (after.alarming > 0 || proof.length === 0 || proof.some(({ unblocked }) => unblocked.length > 0))
        throw new Error(stdout.slice(0, 300));
      const checked = cuirass(
        "check",
        "--json",
        "--strict",
        output,
        "@crs-setup.conf.example",
        join(shared, "crs/4.28.0/rules/*.conf"),
      );
      if (checked.status !== 0)
        throw new Error(`the exclusions do not pass the check: ${checked.stdout.slice(0, 300)}`);
      if (/=9[45]9\d\d\d/.test(readFileSync(output, "latin1"))) throw new Error("a blocking rule was touched");
      const [{ attacks, blockedAfter }] = proof;
      return `${before.alarming} alarms to 0 by ${proposals.length} proposals; ${blockedAfter} of ${attacks} attacks blocked at level 1 as before`;
    });
  }

  await test("profile names the rules that cost most", () => {
    const { rules, totalMs } = JSON.parse(cuirass("profile", workload, ...crs, "--rounds", "2", "--json").stdout);
    if (rules.length < 50 || !(totalMs > 0)) throw new Error(`${rules.length} rules`);
    return `${rules[0].id} takes ${(rules[0].share * 100).toFixed(0)} % of the time in rules`;
  });
}
