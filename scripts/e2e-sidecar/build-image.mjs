// Runs a Dockerfile's instructions one after the other: COPY copies, RUN runs in a chroot, the rest is noted.
import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { readDockerfile } from "./dockerfile.mjs";
import { makeRoot } from "./roots.mjs";

/** Builds the last stage's root; returns it with what the image says about running it. */
export function buildImage({ directory, crs, cache, figures }) {
  const roots = new Map();
  let image;
  let steps = 0;
  for (const [index, { base, name, instructions }] of readDockerfile("deploy/sidecar/Dockerfile").entries()) {
    const root = join(directory, `stage-${index}`);
    console.log(`FROM ${base}`);
    makeRoot(base, root, cache);
    if (name !== undefined) roots.set(name, root);
    image = { root, environment: {}, user: "0:0", workdir: "/", entrypoint: [], command: [], healthcheck: [] };
    const bare = sizeOf(root);
    for (const { word, rest } of instructions) {
      steps++;
      const started = performance.now();
      step(image, word, rest, { roots, crs });
      if (word === "RUN" || word === "COPY")
        console.log(`${word} ${rest.slice(0, 70)} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    }
    image.bare = bare;
  }
  const size = Math.round(sizeOf(image.root) / 1e6);
  figures["image MB (base, node and application)"] = size;
  figures["of these the base image MB"] = Math.round(image.bare / 1e6);
  return { ...image, steps, size };
}

function step(image, word, rest, { roots, crs }) {
  switch (word) {
    case "ARG": {
      const [name, value = ""] = rest.split("=");
      image.environment[name] = value;
      // The release page is not asked when the same release is here; its content is verified either way.
      if (name === "CRS_SOURCE" && crs !== undefined) {
        cpSync(crs, join(image.root, "crs-source"), { recursive: true });
        image.environment[name] = "/crs-source";
      }
      return;
    }
    case "ENV":
      for (const pair of rest.split(/\s+/)) image.environment[pair.split("=")[0]] = pair.slice(pair.indexOf("=") + 1);
      return;
    case "WORKDIR":
      image.workdir = rest;
      mkdirSync(join(image.root, rest), { recursive: true });
      return;
    case "USER":
      image.user = rest;
      return;
    case "COPY":
      return copy(image, rest, roots);
    case "RUN":
      return run(image, rest);
    case "ENTRYPOINT":
      image.entrypoint = JSON.parse(rest);
      return;
    case "CMD":
      image.command = JSON.parse(rest);
      return;
    case "HEALTHCHECK":
      image.healthcheck = JSON.parse(rest.slice(rest.indexOf("CMD ") + 4));
      return;
    case "VOLUME":
    case "EXPOSE":
      return;
    default:
      throw new Error(`cannot run ${word}`);
  }
}

function copy({ root, workdir }, rest, roots) {
  const words = rest.split(/\s+/);
  const flags = words.filter((word) => word.startsWith("--"));
  const paths = words.filter((word) => !word.startsWith("--"));
  const flag = (name) => flags.find((word) => word.startsWith(`--${name}=`))?.split("=")[1];
  const from = flag("from") === undefined ? "." : roots.get(flag("from"));
  const target = paths.pop();
  const absolute = join(root, target.startsWith("/") ? target : join(workdir, target));
  const ignored = /(?:^|\/)(?:node_modules|dist|coverage)(?:\/|$)|\.test\.ts$/;
  for (const path of paths) {
    const source = join(from, path);
    const into = target.endsWith("/") || paths.length > 1 ? join(absolute, basename(path)) : absolute;
    cpSync(source, into, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (each) => from !== "." || !ignored.test(each),
    });
    const owner = flag("chown")?.split(":").map(Number);
    if (owner !== undefined) chownSync(into, ...owner);
  }
}

function run({ root, workdir, environment }, command) {
  const setting = (name) => execFileSync("npm", ["config", "get", name], { encoding: "utf8" }).trim();
  // Programs find themselves by /proc, as in a container.
  const prepare = `mount -t proc proc ${root}/proc && mount --rbind /dev ${root}/dev && exec chroot ${root} /bin/sh -ec "$1"`;
  const words = ["--mount", "--propagation=private", "/bin/sh", "-ec", prepare, "sh", `cd ${workdir}; ${command}`];
  const { status, stdout, stderr } = spawnSync("unshare", words, {
    encoding: "utf8",
    timeout: 900_000,
    env: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: "/root",
      npm_config_registry: setting("registry"),
      ...proxies(),
      ...(existsSync(join(root, "extra-certificates.pem")) ? { NODE_EXTRA_CA_CERTS: "/extra-certificates.pem" } : {}),
      ...environment,
    },
  });
  if (status !== 0) throw new Error(`RUN ${command}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
}

function proxies() {
  const names = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
  return Object.fromEntries(names.filter((name) => process.env[name]).map((name) => [name, process.env[name]]));
}

/** Bytes of all files, links not followed. */
function sizeOf(path) {
  let size = 0;
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) size += statSync(join(entry.parentPath, entry.name)).size;
  }
  return size;
}
