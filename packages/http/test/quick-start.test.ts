import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const packageFolder = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(packageFolder, "README.md"), "utf8");
const attack = "/?q=%3Cscript%3Ealert(document.cookie)%3C/script%3E";

/** The first block of code below each heading. */
const blocks = new Map(
  [...readme.matchAll(/^##+ (.+)\n(?:(?!^#)[^])*?```js\n([^]*?)```/gm)].map(([, title, code]) => [title!, code!]),
);

const appModule = `
import { Controller, Get, Module } from "@nestjs/common";
class Hello { hello() { return "Hello"; } }
Get()(Hello.prototype, "hello", Object.getOwnPropertyDescriptor(Hello.prototype, "hello"));
Controller()(Hello);
export class AppModule {}
Module({ controllers: [Hello] })(AppModule);
`;

// The text is run as it is printed; only the port that it asks for is not taken, since another program may have it. All
// servers run in one process of their own: starting Node.js and compiling the rules takes longer than what is asked of them.
const allServers = `
import { Server } from "node:net";
const { listen } = Server.prototype;
let title;
Server.prototype.listen = function (first, ...rest) {
  const started = title;
  this.once("listening", () => console.log(started + " PORT " + this.address().port));
  const callback = rest.findLast((each) => typeof each === "function");
  return listen.call(this, 0, "127.0.0.1", callback);
};
for (const [name, file] of Object.entries(JSON.parse(process.argv[2]))) {
  title = name;
  await import(file);
}
`;

const folders: string[] = [];
let child: ChildProcess | undefined;
let ports: ReadonlyMap<string, number>;

/** Writes a block beside the packages it imports. */
function place(code: string): string {
  mkdirSync(join(packageFolder, "dist"), { recursive: true });
  const folder = mkdtempSync(join(packageFolder, "dist", "quick-start-"));
  folders.push(folder);
  writeFileSync(join(folder, "server.mjs"), code);
  writeFileSync(join(folder, "app.module.js"), appModule);
  return join(folder, "server.mjs");
}

function start(titles: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const files = Object.fromEntries(titles.map((title) => [title, place(blocks.get(title)!)]));
  const program = place(allServers);
  child = spawn(process.execPath, [program, JSON.stringify(files)], {
    cwd: dirname(program),
    env: { ...process.env, CUIRASS_CRS: undefined, NODE_OPTIONS: undefined },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  return new Promise((resolve, reject) => {
    for (const stream of [child!.stdout!, child!.stderr!]) {
      stream.on("data", (piece: Buffer) => {
        output += String(piece);
        const found = [...output.matchAll(/^(.+) PORT (\d+)$/gm)].map(
          ([, title, port]) => [title!, Number(port)] as const,
        );
        if (found.length === titles.length) resolve(new Map(found));
      });
    }
    child!.once("exit", (code) => reject(new Error(`ended with ${code}: ${output}`)));
  });
}

const servers = [
  "node:http, node:https, node:http2",
  "Express 4 and 5",
  "Fastify 5",
  "Koa",
  "Hono on Node.js",
  "NestJS",
];

describe("the quick starts of the README, run as they are printed", () => {
  beforeAll(async () => void (ports = await start(servers)), 60_000);
  afterAll(() => {
    child?.kill("SIGKILL");
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  test.each(servers)("%s", async (title) => {
    const port = ports.get(title)!;
    const hello = await fetch(`http://127.0.0.1:${port}/`);
    expect([hello.status, await hello.text()]).toEqual([200, "Hello"]);
    expect((await fetch(`http://127.0.0.1:${port}${attack}`)).status).toBe(403);
  });

  test("Fetch handlers: Bun, Deno, Workers", async () => {
    const file = place(blocks.get("Fetch handlers: Bun, Deno, Workers")!);
    const { default: worker } = (await import(file)) as {
      default: { fetch(request: Request): Promise<Response> };
    };
    expect(await (await worker.fetch(new Request("http://example.com/"))).text()).toBe("Hello");
    expect((await worker.fetch(new Request(`http://example.com${attack}`))).status).toBe(403);
  });

  test("Next.js", async () => {
    const { proxy } = (await import(place(blocks.get("Next.js")!))) as {
      proxy(request: Request): Promise<Response | undefined>;
    };
    expect(await proxy(new Request("http://example.com/"))).toBeUndefined();
    expect((await proxy(new Request(`http://example.com${attack}`)))?.status).toBe(403);
  });

  test("Options", async () => {
    const { waf } = (await import(place(blocks.get("Options")!))) as { waf: { ready(): Promise<void> } };
    await waf.ready();
  });

  test("there is none that is not run", () => {
    const run = [...servers, "Fetch handlers: Bun, Deno, Workers", "Next.js", "Options"];
    expect([...blocks.keys()].toSorted()).toEqual(run.toSorted());
  });
});
