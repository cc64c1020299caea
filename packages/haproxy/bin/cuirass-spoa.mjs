#!/usr/bin/env -S node --max-semi-space-size=32
// Drop-in for the coraza-spoa binary: the same flags, nothing before them.
import { readFileSync } from "node:fs";
import { runSpoa } from "../dist/index.js";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
process.exitCode = await runSpoa(process.argv.slice(2), version, "cuirass-spoa");
