import "reflect-metadata";
import { Controller, Get, Header, HttpCode, Module, Post, Req, Res, Sse } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { protect } from "@cuirass/http/nest";
import { Observable } from "rxjs";
import { announce, options, port } from "../shared/options.mjs";
import { home, leak } from "../shared/pages.mjs";
import { echoSockets } from "../shared/sockets.mjs";
import { countBytes } from "../shared/streams.mjs";

class Pages {
  home() {
    return home;
  }
  leak() {
    return leak;
  }
  events() {
    return new Observable((subscriber) => {
      subscriber.next({ data: "first" });
      setTimeout(() => {
        subscriber.next({ data: "last" });
        subscriber.complete();
      }, 1000);
    });
  }
  async slow() {
    await new Promise((resolve) => setTimeout(resolve, 500));
    return "done";
  }
  decision(request) {
    return request.cuirass;
  }
  items(request) {
    return request.body;
  }
  async upload(request, response) {
    response.json({ bytes: await countBytes(request) });
  }
}

// In TypeScript these are decorators, @Get("leak") and @Req() and so on; plain JavaScript calls them.
function route(method, decorators, parameters = []) {
  parameters.forEach((parameter, index) => parameter(Pages.prototype, method, index));
  const descriptor = Object.getOwnPropertyDescriptor(Pages.prototype, method);
  for (const decorator of decorators) decorator(Pages.prototype, method, descriptor);
}
const html = Header("content-type", "text/html; charset=utf-8");
route("home", [Get(), html]);
route("leak", [Get("leak"), html]);
route("events", [Sse("events")]);
route("slow", [Get("slow"), Header("content-type", "text/plain")]);
route("decision", [Get("decision")], [Req()]);
route("items", [Post("items"), HttpCode(200)], [Req()]);
route("upload", [Post("upload")], [Req(), Res()]);
Controller()(Pages);

class AppModule {}
Module({ controllers: [Pages] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
protect(app, options);
await app.listen(port, "127.0.0.1");
echoSockets(app.getHttpServer());
announce(app.getHttpServer());
