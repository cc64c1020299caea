// The part of the Dockerfile language that deploy/sidecar/Dockerfile uses; anything else is an error.
import { readFileSync } from "node:fs";

const known = new Set("FROM ARG WORKDIR COPY RUN ENV USER VOLUME EXPOSE HEALTHCHECK ENTRYPOINT CMD".split(" "));

/** Stages in order, each with its base, name and instructions. */
export function readDockerfile(path) {
  const stages = [];
  const text = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => !/^\s*#/.test(line))
    .join("\n")
    .replaceAll(/\\\n/g, " ");
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const [, word, rest] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (!known.has(word)) throw new Error(`${path}: cannot run "${line}"`);
    if (word === "FROM") {
      const [, base, name] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(rest);
      stages.push({ base, name, instructions: [] });
    } else stages.at(-1).instructions.push({ word, rest: rest.trim() });
  }
  return stages;
}
