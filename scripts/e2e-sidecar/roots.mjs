// Stand-ins for base images: the Debian packages that they are made of, unpacked.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync, appendFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureProgram } from "../e2e/programs.mjs";

const execute = (file, args, options = {}) =>
  execFileSync(file, args, { stdio: ["ignore", "pipe", "pipe"], ...options });

/** node:20-bookworm-slim: a minimal Debian 12 with the running Node.js and its npm in /usr/local. */
function nodeRoot(root, cache) {
  const minimal = cache === undefined ? root : join(cache, "bookworm");
  if (!existsSync(join(minimal, "bin"))) {
    if (!ensureProgram("debootstrap")) throw new Error("debootstrap is not installed and could not be installed");
    execute("debootstrap", ["--variant=minbase", "bookworm", minimal], { timeout: 900_000 });
  }
  if (minimal !== root) execute("cp", ["-a", minimal, root]);
  cpSync(realpathSync(process.execPath), join(root, "usr/local/bin/node"));
  const npm = dirname(dirname(realpathSync(execute("which", ["npm"], { encoding: "utf8" }).trim())));
  cpSync(npm, join(root, "usr/local/lib/node_modules/npm"), { recursive: true });
  for (const name of ["npm", "npx"]) {
    const script = `#!/bin/sh\nexec /usr/local/bin/node /usr/local/lib/node_modules/npm/bin/${name}-cli.js "$@"\n`;
    writeFileSync(join(root, "usr/local/bin", name), script, { mode: 0o755 });
  }
  // What the network needs here: names and the registry that this machine uses.
  for (const file of ["/etc/resolv.conf", "/etc/hosts"])
    if (existsSync(file)) cpSync(realpathSync(file), join(root, file));
  const extra = process.env.NODE_EXTRA_CA_CERTS;
  if (extra !== undefined) cpSync(realpathSync(extra), join(root, "extra-certificates.pem"));
  const certificates = "/etc/ssl/certs/ca-certificates.crt";
  mkdirSync(join(root, dirname(certificates)), { recursive: true });
  if (existsSync(certificates)) cpSync(realpathSync(certificates), join(root, certificates), { force: true });
}

/** gcr.io/distroless/cc-debian12:nonroot: no shell, no package manager, and a user who is nobody. */
function distrolessRoot(root) {
  const packages = [
    "base-files",
    "netbase",
    "tzdata",
    "libc6",
    "libssl3",
    "libgcc-s1",
    "gcc-12-base",
    "libgomp1",
    "libstdc++6",
  ];
  const downloads = `${root}.debs`;
  mkdirSync(downloads, { recursive: true });
  mkdirSync(root, { recursive: true });
  execute("apt-get", ["download", ...packages, "ca-certificates"], { cwd: downloads });
  for (const file of readdirSync(downloads)) execute("dpkg-deb", ["-x", join(downloads, file), root]);
  mkdirSync(join(root, "etc/ssl/certs"), { recursive: true });
  mkdirSync(join(root, "tmp"), { recursive: true, mode: 0o1777 });
  writeFileSync(
    join(root, "etc/passwd"),
    "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
  );
  writeFileSync(join(root, "etc/group"), "root:x:0:\nnonroot:x:65532:\n");
  appendFileSync(join(root, "etc/nsswitch.conf"), "hosts: files dns\n");
}

/** Makes the root of a base image. `cache` keeps the minimal Debian, which takes minutes, for the next time. */
export function makeRoot(base, root, cache) {
  if (/^node:20\S*-bookworm-slim$/.test(base)) return nodeRoot(root, cache);
  if (base === "gcr.io/distroless/cc-debian12:nonroot") return distrolessRoot(root);
  throw new Error(`no stand-in for the base image ${base}`);
}
