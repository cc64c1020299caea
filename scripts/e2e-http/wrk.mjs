// Load with wrk: requests of a browser, each unique.
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const ownHeaders = [
  [
    "User-Agent",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
  ],
  ["Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"],
  ["Accept-Language", "en-GB,en;q=0.9,de;q=0.8"],
  ["Accept-Encoding", "gzip, deflate, br"],
  ["Sec-Fetch-Mode", "navigate"],
  ["Cookie", "sessionid=0123456789abcdef; theme=dark; consent=1"],
];

/**
 * Writes the Lua script: header sets of the development data's browsers, or one of our own. With `pauseMs` each connection
 * waits so long before its next request.
 */
export async function writeLua(directory, shared, pauseMs = 0) {
  const generator = shared === undefined ? undefined : resolve(shared, "bench/gen-workload.mjs");
  let sets = [ownHeaders];
  if (generator !== undefined && existsSync(generator)) {
    const { generate } = await import(pathToFileURL(generator).href);
    const seed = Math.floor(Math.random() * 1e9);
    sets = Array.from(
      { length: 100 },
      (_, n) => generate(seed + n).find(({ name }) => name === "nav-home-chrome").headers,
    );
  }
  const quoted = (text) => JSON.stringify(text);
  const table = (headers) => `{${headers.map(([name, value]) => `[${quoted(name)}]=${quoted(value)}`).join(",")}}`;
  const lua = `local sets = {\n${sets.map(table).join(",\n")}\n}
local n = 0
request = function()
  n = n + 1
  local headers = sets[n % #sets + 1]
  headers["Cookie"] = string.gsub(headers["Cookie"], "sessionid=%w+", "sessionid=" .. string.format("%08x%08x", math.random(0, 2147483647), n), 1)
  return wrk.format("GET", "/articles/" .. n .. "?page=" .. (n % 50) .. "&ref=r" .. math.random(0, 2147483647), headers)
end
${pauseMs > 0 ? `delay = function() return ${pauseMs} end\n` : ""}done = function(summary, latency, requests)
  local errors = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %f %f\\n", summary.requests, summary.duration, errors, latency:percentile(50), latency:percentile(99)))
end
`;
  const file = join(directory, pauseMs > 0 ? "paced.lua" : "load.lua");
  writeFileSync(file, lua);
  return file;
}

/** One run against a port; pins wrk to the second core where there is one. */
export function runWrk(lua, port, { connections, seconds, core = 1 }) {
  const url = `http://127.0.0.1:${port}/`;
  const wrk = ["wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "--latency", "-s", lua, url];
  const { stdout, stderr } = spawnSync("taskset", ["-c", String(core), ...wrk], { encoding: "utf8" });
  const match = /RESULT (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+)/.exec(stdout);
  if (match === null) throw new Error(`wrk said nothing usable: ${stdout}${stderr}`);
  const [requests, micros, errors, p50, p99] = match.slice(1).map(Number);
  return { requests, rps: Math.round(requests / (micros / 1e6)), errors, p50Ms: p50 / 1000, p99Ms: p99 / 1000 };
}
