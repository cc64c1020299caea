import { createSource, parse } from "@cuirass/seclang";
import { expect, test } from "vitest";
import { migrationReport } from "./migration.ts";

const report = (text: string) => migrationReport(parse(createSource("a.conf", text)).document.directives);

test("the report says what is refused and what to write instead, worst first", () => {
  const items = report(`
SecRuleEngine On
SecPcreMatchLimit 1000
SecHashEngine On
SecRule ARGS "@rx a" "id:1,phase:2,deny,t:none,t:sqlHexDecode"
SecRule ARGS "@rsub s/a/b/" "id:2,phase:2,pass,t:none"
SecFooBar On
`);
  const of = (name: string) => items.find((item) => item.name === name);
  expect(of("SecHashEngine")).toMatchObject({ status: "refused", instead: "remove the SecHash* directives" });
  expect(of("SecPcreMatchLimit")).toMatchObject({ status: "without effect", instead: "the line can be deleted" });
  expect(of("SecFooBar")).toMatchObject({ status: "unknown" });
  expect(of("@rx")).toMatchObject({ status: "changed", uses: 1 });
  expect(of("ARGS")).toMatchObject({ status: "supported", uses: 2 });
  expect(items[0]!.status).toBe("refused");
  expect(items.at(-1)!.status).toBe("supported");
});
