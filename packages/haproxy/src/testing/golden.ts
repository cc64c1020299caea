import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A frame recorded between HAProxy and an agent, and what it says. */
export interface GoldenFrame {
  readonly name: string;
  readonly direction: string;
  readonly length: number;
  readonly hex: string;
  readonly decoded: {
    readonly type: number;
    readonly flags: number;
    readonly kv?: readonly GoldenValue[];
    readonly messages?: readonly { readonly name: string; readonly args: readonly GoldenValue[] }[];
  };
}

/** A named value in a recorded frame. */
export interface GoldenValue {
  readonly name: string;
  readonly type: string;
  readonly value?: unknown;
  readonly hex?: string;
}

/** Recorded frames; empty without the shared development data. */
export function goldenFrames(): readonly GoldenFrame[] {
  const path = join(process.env["CUIRASS_SHARED"] ?? "../shared", "vectors/spop/golden-frames.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { frames: GoldenFrame[] }).frames : [];
}
