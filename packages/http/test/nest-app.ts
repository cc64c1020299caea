import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Controller, Get, HttpCode, Module, Post, Req, Res } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import type { HttpDecision } from "@cuirass/http";
import { protect } from "@cuirass/http/nest";
import type { StartApp } from "./apps.ts";
import { pages, readAll } from "./apps.ts";
import { cleanUp } from "./support.ts";

class Pages {
  id(request: { cuirass?: HttpDecision }): string | undefined {
    return request.cuirass?.id;
  }
  leak(response: { set(name: string, value: string): { send(text: string): void } }): void {
    response.set("x-leak", "1").send("x");
  }
  html(): string {
    return pages["/html"]!;
  }
  secret(): string {
    return pages["/secret"]!;
  }
  async echo(request: IncomingMessage, response: { end(bytes: Buffer): void }): Promise<void> {
    response.end(Buffer.from(await readAll(request), "latin1"));
  }
}
// What the decorators of TypeScript would do; they are no part of the syntax that Node can erase.
const decorate = (method: keyof Pages, route: MethodDecorator, ...parameters: ParameterDecorator[]): void => {
  parameters.forEach((parameter, index) => parameter(Pages.prototype, method, index));
  route(Pages.prototype, method, Object.getOwnPropertyDescriptor(Pages.prototype, method)!);
};
decorate("id", Get("id"), Req());
decorate("leak", Get("leak"), Res());
decorate("html", Get("html"));
decorate("secret", Get("secret"));
decorate("echo", Post(), Req(), Res());
decorate("echo", HttpCode(200));
Controller()(Pages);

/** The application on NestJS. */
export const startNest: StartApp = async (options) => {
  class AppModule {}
  Module({ controllers: [Pages] })(AppModule);
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: false, bodyParser: false });
  protect(app, options);
  await app.listen(0, "127.0.0.1");
  cleanUp(() => app.close());
  return (app.getHttpServer().address() as AddressInfo).port;
};
