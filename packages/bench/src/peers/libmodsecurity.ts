import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Level } from "../configuration.ts";
import { levelDirectives, packageFolder, preambleFile } from "../configuration.ts";
import type { RecordedExchange } from "../exchange.ts";
import { MissingInputError } from "../workload.ts";
import { DriverProcess } from "./driver-process.ts";
import { encodeExchanges } from "./wire-format.ts";

/** Time and verdict of one exchange. */
export interface PeerSample {
  readonly us: number;
  readonly blocked: boolean;
  readonly ids: readonly number[];
}

const SOURCE = join(packageFolder, "peers", "libmodsecurity", "driver.cc");
const PROGRAM = join(packageFolder, "dist", "peers", "libmodsecurity");
const DEBIAN_PACKAGE = "libmodsecurity-dev";

/**
 * libmodsecurity in a process of its own. It loads the whole of CRS 4.28 (3.0.9 was tried); a version that refuses a
 * rule ends the comparison with its own words, because engines with different rules cannot be compared.
 */
export class LibModSecurity {
  /** What the library calls itself. */
  readonly version: string;
  readonly #driver: DriverProcess;
  readonly #crs: string;
  readonly #folder: string;

  private constructor(driver: DriverProcess, crs: string, folder: string, version: string) {
    this.#driver = driver;
    this.#crs = crs;
    this.#folder = folder;
    this.version = version;
  }

  /** @throws MissingInputError when the library cannot be installed or the driver not be built. */
  static async start(crs: string): Promise<LibModSecurity> {
    buildDriver();
    const folder = mkdtempSync(join(tmpdir(), "cuirass-bench-"));
    const driver = new DriverProcess(PROGRAM);
    const [version] = await driver.ask("version");
    return new LibModSecurity(driver, crs, folder, version ?? "libmodsecurity");
  }

  /** Replaces its rules by preamble, setup, level and CRS. */
  async load(level: Level): Promise<void> {
    const levelFile = join(this.#folder, "level.conf");
    writeFileSync(levelFile, levelDirectives(level));
    const rules = join(this.#crs, "rules");
    const names = readdirSync(rules).filter((name) => name.endsWith(".conf"));
    const files = names.sort().map((name) => join(rules, name));
    await this.#driver.ask("rules");
    for (const file of [preambleFile, join(this.#crs, "crs-setup.conf.example"), levelFile, ...files]) {
      await this.#driver.ask(`load ${file}`);
    }
  }

  /** Hands over exchanges; not timed. */
  async prepare(exchanges: readonly RecordedExchange[]): Promise<void> {
    const file = join(this.#folder, "exchanges.bin");
    writeFileSync(file, encodeExchanges(exchanges));
    await this.#driver.ask(`workload ${file}`);
  }

  /** Runs them once, in order. */
  async run(): Promise<PeerSample[]> {
    return (await this.#driver.ask("run")).map(parseSample);
  }

  close(): void {
    this.#driver.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Reads a line of the driver: `microseconds blocked id,id`. */
export function parseSample(line: string): PeerSample {
  const [us = "", blocked, ids = ""] = line.split(" ");
  return { us: Number(us), blocked: blocked === "1", ids: ids === "" ? [] : ids.split(",").map(Number) };
}

function buildDriver(): void {
  if (!libraryInstalled()) installLibrary();
  mkdirSync(join(packageFolder, "dist", "peers"), { recursive: true });
  const compiler = process.env["CXX"] ?? "c++";
  const built = spawnSync(compiler, ["-O2", "-std=c++17", "-o", PROGRAM, SOURCE, "-lmodsecurity"], {
    encoding: "utf8",
  });
  if (built.status !== 0) {
    const reason = built.error?.message ?? built.stderr;
    throw new MissingInputError(`the driver for libmodsecurity could not be built with ${compiler}:\n${reason}`);
  }
}

function libraryInstalled(): boolean {
  const compiler = process.env["CXX"] ?? "c++";
  const input = "#include <modsecurity/modsecurity.h>\nint main() {}\n";
  const flags = ["-x", "c++", "-std=c++17", "-", "-o", "/dev/null", "-lmodsecurity"];
  return spawnSync(compiler, flags, { input }).status === 0;
}

function installLibrary(): void {
  process.stderr.write(`bench: installing ${DEBIAN_PACKAGE}\n`);
  const steps = ["apt-get update", `apt-get install -y --no-install-recommends ${DEBIAN_PACKAGE}`];
  for (const step of steps) {
    const { status } = spawnSync("sh", ["-c", step], { stdio: ["ignore", "ignore", "inherit"] });
    if (status !== 0) {
      throw new MissingInputError(`${DEBIAN_PACKAGE} is missing and "${step}" failed: install it by hand, as root`);
    }
  }
}
