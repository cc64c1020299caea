// Makes the bytes of the scan kernel of its text: npm run kernel
import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const folder = new URL("../packages/node/src/scan-kernel/", import.meta.url);
const { parseWat } = await wabt();
const text = readFileSync(new URL("scan-kernel.wat", folder), "utf8");
const { buffer } = parseWat("scan-kernel.wat", text).toBinary({});
const lines = Buffer.from(buffer)
  .toString("base64")
  .match(/.{1,100}/g);
const source = `// Made by \`npm run kernel\` of scan-kernel.wat.

/** The module, as it is compiled. */
export const kernelBytes: Uint8Array<ArrayBuffer> = Uint8Array.from(
  atob(
    [
${lines.map((line) => `      "${line}",`).join("\n")}
    ].join(""),
  ),
  (unit) => unit.charCodeAt(0),
);
`;
writeFileSync(new URL("scan-kernel.bytes.ts", folder), source);
