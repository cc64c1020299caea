import { describe, expect, test } from "vitest";
import type { CollectionStore } from "../host.ts";
import { MemoryCollectionStore } from "../persistence/memory-store.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { compileActions, FakeTransaction, refusalOf } from "../testing/fake-transaction.ts";
import type { FakeTransactionOptions } from "../testing/fake-transaction.ts";

/** Transactions that share a store and a clock. */
function exchange(options: Partial<FakeTransactionOptions> = {}): { clock: FakeClock; next: () => FakeTransaction } {
  const clock = new FakeClock();
  const collectionStore = new MemoryCollectionStore({ clock });
  return { clock, next: () => new FakeTransaction({ clock, collectionStore, ...options }) };
}

/** The memory store, answering later. */
function later(store: CollectionStore): CollectionStore {
  return {
    load: async (...args) => store.load(...args),
    set: async (...args) => store.set(...args),
    increment: async (...args) => store.increment(...args),
    remove: async (...args) => store.remove(...args),
    expire: async (...args) => store.expire(...args),
  };
}

const failing: CollectionStore = {
  load: () => new Map(),
  set: () => Promise.reject(new Error("set failed")),
  increment: () => {
    throw new Error("increment failed");
  },
  remove: () => Promise.reject(new Error("remove failed")),
  expire: () => Promise.reject(new Error("expire failed")),
};

describe("setvar on a persistent collection", () => {
  test("outlives the transaction", () => {
    const { next } = exchange();
    const first = next();
    void first.run("initcol:ip=1,setvar:ip.Counter=+2,setvar:ip.flag,setvar:ip.gone=x,setvar:!ip.gone");
    expect(first.variables.ip.first("counter")).toBe("2");
    const second = next();
    void second.run("initcol:ip=1,setvar:ip.counter=+1");
    expect(second.variables.ip.first("counter")).toBe("3");
    expect(second.variables.ip.first("flag")).toBe("1");
    expect(second.variables.ip.first("gone")).toBeUndefined();
  });

  test("sees the total of all transactions, not its own", () => {
    const { next } = exchange();
    const [a, b] = [next(), next()];
    void a.run("initcol:ip=1");
    void b.run("initcol:ip=1");
    void a.run("setvar:ip.n=+1");
    void b.run("setvar:ip.n=+1");
    expect([a.variables.ip.first("n"), b.variables.ip.first("n")]).toEqual(["1", "2"]);
  });

  test("has no effect before the collection is opened, and says so at debug level", () => {
    const { next } = exchange();
    const tx = next();
    void tx.run("setvar:ip.n=+1,setvar:!ip.n,setvar:ip.n=x,expirevar:ip.n=5");
    expect(tx.variables.ip.size).toBe(0);
    expect(tx.logs.every((line) => line.startsWith("debug:"))).toBe(true);
    expect(tx.logs).toHaveLength(4);
  });

  test("does not add to a text, nor what a macro without value leaves behind, nor what is too large", () => {
    const { next } = exchange();
    const tx = next();
    void tx.run("initcol:ip=1,setvar:ip.t=abc,setvar:ip.t=+1,setvar:ip.n=+%{ip.none},setvar:ip.m=+9007199254740993");
    expect(tx.variables.ip.first("t")).toBe("abc");
    expect(tx.variables.ip.has("n")).toBe(false);
    expect(tx.variables.ip.has("m")).toBe(false);
    expect(tx.logs.filter((line) => line.startsWith("error:"))).toHaveLength(3);
  });

  test("cannot change what the engine keeps, even by a macro", () => {
    const { next } = exchange();
    const tx = next();
    tx.setTx("name", "KEY");
    void tx.run("initcol:ip=1,setvar:ip.%{tx.name}=other");
    expect(tx.variables.ip.first("key")).toBe("1");
    expect(tx.logs).toEqual(["error: rules cannot write this variable"]);
  });
});

describe("a record", () => {
  test("tells about itself", () => {
    const { clock, next } = exchange();
    const first = next();
    void first.run("initcol:ip=192.0.2.1");
    const factsOf = (tx: FakeTransaction): Record<string, string> =>
      Object.fromEntries(tx.variables.ip.entries.map((entry) => [entry.key, entry.value]));
    const created = String(clock.ms / 1000);
    expect(factsOf(first)).toEqual({
      KEY: "192.0.2.1",
      IS_NEW: "1",
      CREATE_TIME: created,
      TIMEOUT: "3600",
      UPDATE_COUNTER: "0",
      UPDATE_RATE: "0",
    });
    void first.run("setvar:ip.a=1,setvar:ip.b=1");
    clock.advance(30);
    const second = next();
    void second.run("initcol:ip=192.0.2.1,setvar:ip.a=2");
    clock.advance(30);
    const third = next();
    void third.run("initcol:ip=192.0.2.1");
    expect(factsOf(third)).toMatchObject({
      IS_NEW: "0",
      CREATE_TIME: created,
      LAST_UPDATE_TIME: String(Number(created) + 30),
      UPDATE_COUNTER: "2",
      UPDATE_RATE: "2",
      a: "2",
      b: "1",
    });
  });

  test("that nothing was written to leaves no trace", () => {
    const { next } = exchange();
    void next().run("initcol:ip=1");
    const tx = next();
    void tx.run("initcol:ip=1");
    expect(tx.variables.ip.first("is_new")).toBe("1");
  });

  test("takes the place of an earlier one of the same collection; the same one is not loaded twice", () => {
    const { next } = exchange();
    const tx = next();
    void tx.run("initcol:ip=1,setvar:ip.a=1,initcol:ip=1");
    expect(tx.variables.ip.first("is_new")).toBe("1");
    void tx.run("initcol:ip=2");
    expect([tx.variables.ip.first("key"), tx.variables.ip.first("a")]).toEqual(["2", undefined]);
  });

  test("is not opened for an empty key", () => {
    const { next } = exchange();
    const tx = next();
    tx.setTx("empty", "");
    void tx.run("initcol:ip=%{tx.empty}");
    expect(tx.variables.ip.key).toBeUndefined();
    expect(tx.logs).toHaveLength(1);
  });

  test("lives for SecCollectionTimeout seconds", () => {
    const { clock, next } = exchange({ settings: { collectionTimeout: 10 } });
    void next().run("initcol:global=all,setvar:global.x=1");
    clock.advance(9);
    const before = next();
    void before.run("initcol:global=all");
    clock.advance(1);
    const after = next();
    void after.run("initcol:global=all");
    expect([before.variables.global.first("x"), after.variables.global.first("x")]).toEqual(["1", undefined]);
  });
});

describe("setsid, setuid, setrsc", () => {
  test("open their collections and name the session and the user", () => {
    const { next } = exchange();
    const first = next();
    void first.run("setsid:abc,setuid:ann,setrsc:/login,setvar:session.a=1,setvar:user.a=2,setvar:resource.a=3");
    expect([first.variables.sessionId.value, first.variables.userId.value]).toEqual(["abc", "ann"]);
    const second = next();
    void second.run("setsid:abc,setuid:ann,setrsc:/login");
    const { session, user, resource } = second.variables;
    expect([session.first("a"), user.first("a"), resource.first("a")]).toEqual(["1", "2", "3"]);
    expect([session.first("key"), user.first("key"), resource.first("key")]).toEqual(["abc", "ann", "/login"]);
  });

  test("need a value", () => {
    for (const text of ["setsid", "setuid", "setrsc:''"]) expect(refusalOf(text).message).toContain("missing");
  });
});

describe("expirevar", () => {
  test("lets a variable go after its time", () => {
    const { clock, next } = exchange();
    void next().run("initcol:ip=1,setvar:ip.blocked=1,setvar:ip.kept=1,expirevar:ip.Blocked=10");
    clock.advance(10);
    const tx = next();
    void tx.run("initcol:ip=1");
    expect([tx.variables.ip.has("blocked"), tx.variables.ip.has("kept")]).toEqual([false, true]);
  });

  test("removes at once for 0 seconds, and refuses other texts when it runs", () => {
    const { next } = exchange();
    const tx = next();
    tx.setTx("s", "soon");
    void tx.run("initcol:ip=1,setvar:ip.a=1,setvar:ip.b=1,expirevar:ip.a=0,expirevar:ip.b=%{tx.s}");
    expect([tx.variables.ip.has("a"), tx.variables.ip.has("b")]).toEqual([false, true]);
    expect(tx.logs).toEqual(["error: expirevar needs a number of seconds"]);
  });

  test("warns about TX and refuses what has no form", () => {
    expect(compileActions("expirevar:tx.a=5").warnings).toHaveLength(1);
    for (const text of ["expirevar", "expirevar:ip.a", "expirevar:ip=5", "expirevar:args.a=5"]) {
      expect(refusalOf(text).message).not.toBe("");
    }
  });
});

describe("deprecatevar", () => {
  test("lowers a value for every period since the last update, down to 0", () => {
    const { clock, next } = exchange();
    void next().run("initcol:session=1,setvar:session.score=100");
    clock.advance(650);
    const second = next();
    void second.run("initcol:session=1,deprecatevar:session.Score=30/300");
    expect(second.variables.session.first("score")).toBe("40");
    clock.advance(3000);
    const third = next();
    void third.run("initcol:session=1,deprecatevar:session.score=30/300");
    expect(third.variables.session.first("score")).toBe("0");
  });

  test("leaves alone what is not there, not a number, or not old enough", () => {
    const { clock, next } = exchange();
    const first = next();
    void first.run(
      "deprecatevar:session.x=1/1,initcol:session=1,deprecatevar:session.x=1/1,setvar:session.t=abc,setvar:session.n=5",
    );
    clock.advance(9);
    const second = next();
    void second.run(
      "initcol:session=1,deprecatevar:session.t=1/1,deprecatevar:session.n=1/10,deprecatevar:session.none=1/1",
    );
    const { session } = second.variables;
    expect([session.first("t"), session.first("n"), session.has("none")]).toEqual(["abc", "5", false]);
  });

  test.each([false, true])("never leaves a value below 0 when two do it at once (waiting: %s)", async (waits) => {
    const clock = new FakeClock();
    const memory = new MemoryCollectionStore({ clock });
    const next = (): FakeTransaction => new FakeTransaction({ clock, collectionStore: waits ? later(memory) : memory });
    await next().run("initcol:ip=1,setvar:ip.n=5");
    clock.advance(100);
    const [a, b] = [next(), next()];
    await a.run("initcol:ip=1");
    await b.run("initcol:ip=1");
    await a.run("deprecatevar:ip.n=5/100");
    await b.run("deprecatevar:ip.n=5/100");
    expect(memory.load("IP", "1", 3600).get("n")).toBe("0");
    expect(b.variables.ip.first("n")).toBe("0");
  });

  test.each(["deprecatevar", "deprecatevar:ip.a=1", "deprecatevar:ip.a=1/0", "deprecatevar:tx.a=1/5"])(
    "%s is refused",
    (text) => {
      expect(refusalOf(text).message).not.toBe("");
    },
  );
});

describe("initcol", () => {
  test.each(["initcol", "initcol:ip", "initcol:ip=", "initcol:=x", "initcol:tx=1"])("%s is refused", (text) => {
    expect(refusalOf(text).message).not.toBe("");
  });
});

describe("a store that answers later", () => {
  test("is waited for, action by action", async () => {
    const clock = new FakeClock();
    const tx = new FakeTransaction({ clock, collectionStore: later(new MemoryCollectionStore({ clock })) });
    const pending = tx.run(
      "initcol:ip=1,setvar:ip.n=+2,setvar:tx.seen=%{ip.n},setvar:ip.x=1,expirevar:ip.x=5,setvar:!ip.n",
    );
    expect(pending).toBeInstanceOf(Promise);
    await pending;
    expect(tx.tx).toEqual({ seen: "2" });
    expect([tx.variables.ip.first("x"), tx.variables.ip.has("n")]).toEqual(["1", false]);
  });
});

describe("a store that fails", () => {
  test("is a fault of the port, and what the transaction knows still counts", async () => {
    const tx = new FakeTransaction({ collectionStore: failing });
    await tx.run("initcol:ip=1,setvar:ip.n=+1,setvar:ip.n=+1,setvar:ip.t=x,setvar:!ip.t,expirevar:ip.n=5");
    expect(tx.variables.ip.first("n")).toBe("2");
    expect(new Set(tx.faults)).toEqual(
      new Set(["set", "increment", "remove", "expire"].map((call) => `collection store: ${call} failed`)),
    );
  });

  test("leaves the collection closed when it cannot load", async () => {
    const load = (): never => {
      throw new Error("down");
    };
    const tx = new FakeTransaction({ collectionStore: { ...failing, load } });
    await tx.run("initcol:ip=1,setvar:ip.n=+1");
    expect(tx.faults).toEqual(["collection store: down"]);
    expect(tx.variables.ip.size).toBe(0);
  });
});
