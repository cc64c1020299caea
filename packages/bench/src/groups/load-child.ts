// Run by itself, with --expose-gc: prints what a process pays for the CRS and for further WAFs as one line of JSON.
const bareRss = process.memoryUsage.rss();
const { configurationSources, createBenchWaf } = await import("../configuration.ts");

/** Differences that tenants have: thresholds and exclusions. */
const TENANTS = [1, 2, 3, 4, 5].map(
  (tenant) => `SecRuleRemoveById ${942_100 + tenant * 10}
SecRuleUpdateTargetById 941100 "!ARGS:html${tenant}"
SecAction "id:${1000 + tenant},phase:1,pass,nolog,setvar:tx.inbound_anomaly_score_threshold=${5 + tenant}"
`,
);

const crs = process.argv[2]!;
const collect = (globalThis as { gc?: () => void }).gc!;
const heap = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const started = performance.now();
const wafs = [createBenchWaf(configurationSources(crs, 1))];
const loadMs = performance.now() - started;
const rss = process.memoryUsage.rss();
const heapOne = heap();
const collectedRss = process.memoryUsage.rss();

const furtherStarted = performance.now();
for (const tenant of TENANTS) {
  wafs.push(createBenchWaf(configurationSources(crs, 1, tenant), { shareWith: wafs[0]! }));
}
const furtherMs = performance.now() - furtherStarted;
const heapMany = heap();

const figures = {
  loadMs,
  rss,
  collectedRss,
  bareRss,
  extraBytes: (heapMany - heapOne) / TENANTS.length,
  extraMs: furtherMs / TENANTS.length,
  wafs: wafs.length,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
