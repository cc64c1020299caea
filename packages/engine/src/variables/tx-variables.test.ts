import { expect, test } from "vitest";
import type { Entry } from "./collections.ts";
import { KeyPattern } from "./key-pattern.ts";
import { TxVariables, txNumber } from "./tx-variables.ts";

function listed(tx: TxVariables): [string, string][] {
  return tx.entries.map(({ key, value }) => [key, value]);
}

test("a variable is the same by number and by name in any case", () => {
  const number = txNumber("tx-test-a");
  const tx = new TxVariables();
  expect(tx.setAt(number, "1")).toBeUndefined();
  expect([tx.first("TX-Test-A"), tx.at(number)?.value]).toEqual(["1", "1"]);
  expect(tx.set("Tx-test-a", "2")).toBe("1");
  expect([tx.size, tx.at(number)?.value]).toEqual([1, "2"]);
  expect([tx.remove("tx-test-a"), tx.remove("tx-test-a"), tx.at(number), tx.size]).toEqual([true, false, undefined, 0]);
});

test("a name that is numbered after a transaction began is the same variable", () => {
  const tx = new TxVariables();
  tx.set("tx-test-late", "1");
  const number = txNumber("tx-test-late");
  expect([tx.at(number)?.value, tx.first("tx-test-late")]).toEqual(["1", "1"]);
  expect(tx.setAt(number, "2")).toBe("1");
  expect(listed(tx)).toEqual([["tx-test-late", "2"]]);
  tx.remove("tx-test-late");
  expect([tx.has("tx-test-late"), tx.at(number)]).toEqual([false, undefined]);
  const later = txNumber("tx-test-later");
  tx.setAt(later, "3");
  expect([tx.first("tx-test-later"), tx.at(later)?.value]).toEqual(["3", "3"]);
});

test("entries keep the order in which they were set, whatever is removed", () => {
  txNumber("tx-test-b");
  const tx = new TxVariables();
  for (const name of ["tx-test-x", "tx-test-b", "tx-test-y"]) tx.set(name, name);
  tx.remove("tx-test-x");
  tx.set("tx-test-x", "again");
  expect(listed(tx).map(([name]) => name)).toEqual(["tx-test-b", "tx-test-y", "tx-test-x"]);
});

test("a pattern means the names it is found in, numbered or not", () => {
  txNumber("tx-test-header-1");
  const pattern = new KeyPattern("^tx-test-header");
  for (const round of [1, 2]) {
    const tx = new TxVariables();
    for (const name of ["tx-test-header-1", "tx-test-header-dynamic", "tx-test-other"]) tx.set(name, `${round}`);
    const found: Entry[] = [];
    tx.select({ kind: "regex", pattern, text: "" }, found);
    expect(found.map(({ key }) => key)).toEqual(["tx-test-header-1", "tx-test-header-dynamic"]);
  }
});

test("a pattern that no name of a configuration has finds the others in the order in which they were set", () => {
  const pattern = new KeyPattern("^tx-test-unnumbered");
  const tx = new TxVariables();
  const names = ["tx-test-unnumbered-b", "tx-test-elsewhere", "tx-test-unnumbered-a", "tx-test-unnumbered-c"];
  for (const name of names) tx.set(name, name);
  tx.remove("tx-test-unnumbered-b");
  tx.set("tx-test-unnumbered-b", "again");
  const found: Entry[] = [];
  tx.select({ kind: "regex", pattern, text: "" }, found);
  expect(found.map(({ key }) => key.slice(-1))).toEqual(["a", "c", "b"]);
});
