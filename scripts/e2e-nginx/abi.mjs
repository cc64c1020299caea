// The C interface without nginx: test programs of packages/nginx/libcoraza/test.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Every symbol, plain and under AddressSanitizer and UBSan; a long run for leaks. */
export function runAbiTests({ build, root, transactions, report }) {
  const compile = (name, library, flags = []) => {
    const program = join(library, name);
    const folder = join(root, "packages/nginx/libcoraza");
    const { status, stderr } = spawnSync(
      "cc",
      [
        ...["-D_GNU_SOURCE", "-g", "-O1", ...flags, `-I${folder}/include`, "-o", program, `${folder}/test/${name}.c`],
        ...[`-L${library}`, "-lcoraza", `-Wl,--allow-shlib-undefined,-rpath,${library}`],
      ],
      { encoding: "utf8" },
    );
    if (status !== 0) throw new Error(stderr);
    return program;
  };
  const run = (name, work) => {
    try {
      const { status, stdout, stderr } = work();
      const last = stdout.trim().split("\n").at(-1) ?? "";
      report(name, status === 0, status === 0 ? last : `${stdout}${stderr}`.slice(-2000));
    } catch (error) {
      report(name, false, error.message);
    }
  };
  run("the C interface: every symbol", () =>
    spawnSync(compile("abi-test", build), [], { encoding: "utf8", timeout: 300_000 }),
  );
  run("the C interface under AddressSanitizer and UBSan", () => {
    // V8 keeps its heap until the process ends, and hides pointers to it from the leak checker.
    const suppressions = join(build, "asan/suppressions");
    writeFileSync(suppressions, "leak:libnode.so\n");
    const program = compile("abi-test", join(build, "asan"), ["-fsanitize=address,undefined"]);
    const env = { ...process.env, LSAN_OPTIONS: `suppressions=${suppressions}`, ASAN_OPTIONS: "detect_leaks=1" };
    return spawnSync(program, [], { encoding: "utf8", timeout: 600_000, env });
  });
  run("the C interface where memory cannot be made executable", () => {
    const result = spawnSync(compile("no-write-execute", build), [join(build, "abi-test")], {
      encoding: "utf8",
      timeout: 600_000,
    });
    if (result.status === 77) return { status: 0, stdout: "not run: this kernel has no PR_SET_MDWE", stderr: "" };
    const said = result.stderr.includes("may not make memory executable");
    return { ...result, status: said ? result.status : 1 };
  });
  run(`no leak over ${transactions} transactions`, () =>
    spawnSync(compile("leak-test", build), [String(transactions)], { encoding: "utf8", timeout: 1_800_000 }),
  );
}
