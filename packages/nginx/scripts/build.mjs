// npm run build:nginx: libcoraza.so, coraza/coraza.h and ngx_http_coraza_module.so into packages/nginx/build, for the nginx
// and libnode of this Debian. Installs nginx-dev and a compiler when missing; libnode is unpacked beside the build, because
// libnode-dev and other packages of Node.js exclude each other.
//   --destdir DIR   also lay the files out as a package would
//   --libnode DIR   root of libnode packages unpacked elsewhere, e.g. those of another release
//   --nginx DIR     nginx sources to build against, instead of nginx-dev's
//   --out DIR       build folder
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    destdir: { type: "string" },
    libnode: { type: "string" },
    nginx: { type: "string" },
    out: { type: "string" },
  },
});

const root = fileURLToPath(new URL("..", import.meta.url));
const out = resolve(options.out ?? join(root, "build"));
mkdirSync(out, { recursive: true });

/** Runs a program; its output is shown only when it fails. */
function run(command, args, settings = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", ...settings });
  if (status === 0) return stdout;
  console.error(`${command} ${args.join(" ")} failed: ${error?.message ?? ""}\n${stdout ?? ""}\n${stderr ?? ""}`);
  process.exit(1);
}

const has = (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

function ensurePackages() {
  const wanted = [
    ["make", has("make")],
    ["g++", has("g++")],
    ["nginx", has("nginx")],
    ["nginx-dev", options.nginx !== undefined || existsSync("/usr/share/nginx/src/configure")],
  ];
  const missing = wanted.filter(([, there]) => !there).map(([name]) => name);
  if (missing.length === 0) return;
  console.log(`installing ${missing.join(", ")}`);
  run("apt-get", ["update", "-q"]);
  run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...missing], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}

/** The root below which usr/include/node/v8.h lies; "" for the system's own. */
function findLibnode() {
  if (options.libnode !== undefined) return resolve(options.libnode);
  const version = run("sh", [
    "-c",
    "apt-cache depends libnode-dev 2>/dev/null | sed -n 's/.*Depends: \\(libnode[0-9]*\\)$/\\1/p'",
  ]).trim();
  if (existsSync("/usr/include/node/v8.h") && run("sh", ["-c", "ldconfig -p"]).includes("libnode.so")) return "";
  if (version === "") {
    console.error("there is no package libnode-dev: see docs/guides/nginx.md for other distributions");
    process.exit(1);
  }
  const unpacked = join(out, "libnode");
  if (existsSync(join(unpacked, "usr/include/node/v8.h"))) return unpacked;
  console.log(`unpacking ${version} and libnode-dev`);
  const packages = join(out, "packages");
  mkdirSync(packages, { recursive: true });
  const download = (names) => spawnSync("apt-get", ["download", ...names], { cwd: packages, encoding: "utf8" });
  if (download([version, "libnode-dev"]).status !== 0) {
    run("apt-get", ["update", "-q"]);
    run("apt-get", ["download", version, "libnode-dev"], { cwd: packages });
  }
  const control = run("sh", ["-c", `dpkg-deb -f ${version}_*.deb Depends`], { cwd: packages });
  // Libraries only: the JavaScript parts that it also depends on are those of the node program.
  const libraries = control
    .split(",")
    .map((entry) => entry.trim().split(/[ (|]/)[0])
    .filter((name) => name.startsWith("lib"));
  const absent = libraries.filter(
    (name) => !run("sh", ["-c", `dpkg-query -W -f '\${Status}' ${name} 2>/dev/null || true`]).includes("ok installed"),
  );
  if (absent.length > 0) run("apt-get", ["download", ...absent], { cwd: packages });
  for (const file of readdirSync(packages)) run("dpkg", ["-x", join(packages, file), unpacked]);
  return unpacked;
}

function buildModule() {
  const sources = join(out, "nginx");
  const from = options.nginx === undefined ? "/usr/share/nginx/src" : resolve(options.nginx);
  if (!existsSync(join(sources, "configure"))) cpSync(from, sources, { recursive: true });
  const flags = existsSync(join(sources, "conf_flags"))
    ? (/\((.*)\)/s.exec(readFileSync(join(sources, "conf_flags"), "utf8"))?.[1] ?? "").trim().split(/\s+/)
    : ["--with-compat", "--with-http_v2_module", "--with-http_ssl_module", "--with-threads"];
  const hardening =
    "-g -O2 -fstack-protector-strong -Wformat -Werror=format-security -fPIC -Wall -Wextra -Wno-unused-parameter";
  const linking = "-Wl,-z,relro -Wl,-z,now -fPIC";
  // The list of files is read by configure.
  const makefile = join(sources, "objs/Makefile");
  if (!existsSync(makefile) || statSync(makefile).mtimeMs < statSync(join(root, "module/config")).mtimeMs) {
    run(
      "./configure",
      [
        ...flags,
        `--with-cc-opt=${hardening}`,
        `--with-ld-opt=${linking}`,
        `--add-dynamic-module=${join(root, "module")}`,
      ],
      {
        cwd: sources,
      },
    );
  }
  run("make", ["-s", "-f", "objs/Makefile", "modules"], { cwd: sources });
  cpSync(join(sources, "objs/ngx_http_coraza_module.so"), join(out, "ngx_http_coraza_module.so"));
}

const step = (text) => console.log(`${((performance.now() - started) / 1000).toFixed(1)} s  ${text}`);
const started = performance.now();
ensurePackages();
const libnode = findLibnode();
run(process.execPath, [join(root, "scripts/bundle.mjs"), join(out, "bundle.js")]);
step("bundle.js");
const make = ["-s", "-j2", "-C", join(root, "libcoraza"), `LIBNODE=${libnode}`, `BUNDLE=${join(out, "bundle.js")}`];
run("make", [...make, `OUT=${out}`]);
cpSync(join(root, "libcoraza/include/coraza"), join(out, "coraza"), { recursive: true });
step("libcoraza.so");
buildModule();
step("ngx_http_coraza_module.so");

if (options.destdir !== undefined) {
  const destdir = resolve(options.destdir);
  // Installed libraries find libnode where the system has it.
  run("make", [
    ...make,
    `OUT=${join(out, "packaged")}`,
    `OBJ=${join(out, "obj")}`,
    "RPATH=",
    `DESTDIR=${destdir}`,
    "install",
  ]);
  const modules = join(destdir, "usr/lib/nginx/modules");
  const available = join(destdir, "usr/share/nginx/modules-available");
  for (const folder of [modules, available]) mkdirSync(folder, { recursive: true });
  cpSync(join(out, "ngx_http_coraza_module.so"), join(modules, "ngx_http_coraza_module.so"));
  writeFileSync(join(available, "mod-http-coraza.conf"), "load_module modules/ngx_http_coraza_module.so;\n");
  rmSync(join(out, "packaged"), { recursive: true });
  step(`laid out in ${destdir}`);
}
console.log(out);
