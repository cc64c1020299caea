import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { createWaf } from "../waf.ts";

const parts = ["AZ", "ABCDEFGHIJKZ", "ABCFHZ", "ABKZ", "AEZ", "AHKZ", "AIJKZ"];

const exchanges: readonly ((format: string, parts: string) => string[])[] = [
  (format, list) =>
    entries(
      format,
      list,
      "/?a=attack&b=\xff%00",
      [
        ["Host", "example.com"],
        ["X-Empty", ""],
      ],
      "c=attack",
    ),
  (format, list) => entries(format, list, "/", [], undefined),
  (format, list) =>
    entries(
      format,
      list,
      "/upload?a=1",
      [["Content-Type", "multipart/form-data; boundary=b"]],
      '--b\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\nattack\r\n--b--\r\n',
    ),
];

function entries(
  format: string,
  list: string,
  uri: string,
  headers: readonly (readonly [string, string])[],
  body: string | undefined,
): string[] {
  const texts: string[] = [];
  const waf = createWaf({
    directives: `
      SecRuleEngine On
      SecRequestBodyAccess On
      SecAuditEngine On
      SecAuditLog anywhere
      SecAuditLogFormat ${format}
      SecAuditLogParts ${list}
      SecComponentSignature "rules/1.0"
      SecRule ARGS "@rx attack" "id:1,phase:2,pass,log,severity:CRITICAL,tag:t,msg:'m',logdata:'%{MATCHED_VAR}'"
      SecRule REQUEST_METHOD "@rx ." "id:2,phase:2,pass,log"
      SecAction "id:3,phase:2,deny,nolog,auditlog"`,
    host: { auditSink: { write: ({ text }) => texts.push(Buffer.from(text, "latin1").toString("utf8")) } },
  });
  const tx = waf.newTransaction();
  const client = { address: "192.0.2.1", port: 1 };
  void tx.processRequest({
    client,
    server: client,
    method: "POST",
    uri,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  void tx.processLogging();
  tx.close();
  expect(texts).toHaveLength(1);
  return texts;
}

describe("the JSON record", () => {
  const path = join(import.meta.dirname, "../../../../docs/schemas/audit-record.schema.json");
  const validate = new Ajv2020({ allErrors: true, strict: true, strictRequired: false }).compile(
    JSON.parse(readFileSync(path, "utf8")) as object,
  );
  test.each(parts)("with parts %s is as the published schema says", (list) => {
    for (const exchange of exchanges) {
      for (const text of exchange("JSON", list)) {
        validate(JSON.parse(text));
        expect(validate.errors).toBeNull();
      }
    }
  });
  test("that lacks a field, or has one more, is not", () => {
    const record = JSON.parse(exchanges[0]!("JSON", "ABCFHKZ")[0]!) as { transaction: Record<string, unknown> };
    expect(validate({ ...record, more: 1 })).toBe(false);
    delete record.transaction["id"];
    expect(validate(record)).toBe(false);
  });
});

/** Fields that OCSF 1.2.0 requires, by object; class Web Resources Activity with the profile Security Control. */
const required: Readonly<Record<string, readonly string[]>> = {
  "": ["activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid", "web_resources"],
  metadata: ["product", "version"],
  "metadata.product": ["vendor_name"],
  enrichments: ["data", "name", "value"],
  observables: ["name", "type_id"],
  "http_request.http_headers": ["name", "value"],
  "http_response.http_headers": ["name", "value"],
  http_response: ["code"],
};
/** Objects of which at least one field must be there. */
const anyOf: Readonly<Record<string, readonly string[]>> = {
  src_endpoint: ["ip", "uid", "name", "hostname"],
  dst_endpoint: ["ip", "uid", "name", "hostname"],
  web_resources: ["name", "uid", "url_string", "data"],
};

function at(event: unknown, path: string): Record<string, unknown>[] {
  let found: unknown[] = [event];
  for (const name of path.split(".").filter(Boolean)) {
    found = found.flatMap((value) => (value as Record<string, unknown>)[name] ?? []);
  }
  return found as Record<string, unknown>[];
}

describe("the OCSF event", () => {
  test.each(parts)("with parts %s has every field that its schema requires", (list) => {
    for (const exchange of exchanges) {
      for (const text of exchange("OCSF", list)) {
        const event = JSON.parse(text) as Record<string, unknown>;
        for (const [path, fields] of Object.entries(required)) {
          for (const object of at(event, path)) for (const field of fields) expect(object, path).toHaveProperty(field);
        }
        for (const [path, fields] of Object.entries(anyOf)) {
          for (const object of at(event, path))
            expect(
              fields.some((field) => field in object),
              path,
            ).toBe(true);
        }
        expect(event["type_uid"]).toBe(Number(event["class_uid"]) * 100 + Number(event["activity_id"]));
        // Milliseconds of this century, not nanoseconds.
        expect(event["time"]).toBeLessThan(1e13);
        expect([0, 1, 2, 3, 4, 5, 6, 99]).toContain(event["severity_id"]);
      }
    }
  });
});
