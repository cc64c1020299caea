// Envoy's side of external processing, as far as the checks need it.
import { fileURLToPath } from "node:url";
import { Client, credentials, loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

/** One connection to the service. Statuses are those of immediate responses, 0 when the exchange goes on. */
export class EnvoySide {
  #client;
  #method;

  constructor(port) {
    const file = fileURLToPath(new URL("../proto/ext_proc.proto", import.meta.url));
    const definition = loadPackageDefinition(loadSync(file, { enums: String, defaults: false }));
    this.#method = definition.envoy.service.ext_proc.v3.ExternalProcessor.service.Process;
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  close() {
    this.#client.close();
  }

  request(method, path, headers = [], body) {
    return this.#exchange([this.#head(method, path, headers, body === undefined), ...this.#body("requestBody", body)]);
  }

  response(type, text) {
    const headers = {
      headers: lines([
        [":status", "200"],
        ["content-type", type],
      ]),
      endOfStream: false,
    };
    return this.#exchange([
      this.#head("GET", "/", [], true),
      { responseHeaders: headers },
      ...this.#body("responseBody", text),
    ]);
  }

  #head(method, path, headers, end) {
    const known = headers.map(([name]) => name);
    const usual = [
      ["user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
      ["accept", "text/html,*/*"],
    ].filter(([name]) => !known.includes(name));
    const pseudo = [
      [":method", method],
      [":path", path],
      [":authority", "www.example.com"],
    ];
    const text = (stringValue) => ({ kind: "stringValue", stringValue });
    return {
      requestHeaders: { headers: lines([...pseudo, ...usual, ...headers]), endOfStream: end },
      attributes: {
        "envoy.filters.http.ext_proc": {
          fields: { "source.address": text("192.0.2.1:4711"), "request.protocol": text("HTTP/1.1") },
        },
      },
      protocolConfig: { requestBodyMode: "BUFFERED", responseBodyMode: "BUFFERED" },
    };
  }

  #body(name, text) {
    return text === undefined ? [] : [{ [name]: { body: Buffer.from(text), endOfStream: true } }];
  }

  /** Sends messages one after the other, each after the answer to the one before. */
  #exchange(messages) {
    const { path, requestSerialize, responseDeserialize } = this.#method;
    const call = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    return new Promise((done, fail) => {
      let next = 0;
      let status = 0;
      const post = () => (next < messages.length ? call.write(messages[next++]) : call.end());
      call.on("data", ({ immediateResponse }) => {
        if (immediateResponse === undefined) return void post();
        status = immediateResponse.status.code;
        call.end();
      });
      call.on("end", () => done(status));
      call.on("error", fail);
      post();
    });
  }
}

function lines(pairs) {
  return { headers: pairs.map(([key, value]) => ({ key, rawValue: Buffer.from(value, "latin1") })) };
}
