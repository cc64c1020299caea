import { expect, test } from "vitest";
import { FakeState } from "../../testing/fake-state.ts";
import { growthExponent } from "../../testing/growth.ts";
import { EntryMemo } from "../../evaluate/entry-memo.ts";
import { defaultSettings } from "../../settings.ts";
import { addRequestHeader } from "./headers.ts";
import { populateUri } from "./uri.ts";

/** User and system together: the system divides them by guess, only their sum is exact. */
const cpuMicroseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** CPU time: what else runs on the machine does not count. */
const now = (): number => cpuMicroseconds() / 1000;
const [small, large] = [16_384, 262_144];

test.each(["/", "%", "%41", "%zz", "\xff", "?a&", "?a=b&", "a", "a:", "@", "http://", "http://a@", "http://[", "#"])(
  "a target of %j is read in linear time",
  (unit) => {
    const run = (size: number): void => {
      const { variables: v } = new FakeState();
      populateUri(v, defaultSettings(), unit.repeat(size / unit.length), "GET", "HTTP/1.1", (name, value) => {
        v.argsGet.add(name, value);
        return true;
      });
      v.pathInfo.first();
    };
    expect(growthExponent(now, run, small, large)).toBeLessThanOrEqual(1.2);
  },
);

test.each(["/a.aaaaaaaaa", "/a.b", ".", "/.", "a"])("PATH_INFO of %j is found in linear time", (unit) => {
  const run = (size: number): void => {
    const { variables: v } = new FakeState();
    v.requestFilename.set(unit.repeat(size / unit.length));
    v.pathInfo.first();
  };
  expect(growthExponent(now, run, small, large)).toBeLessThanOrEqual(1.2);
});

test.each([
  ["Cookie", "a;"],
  ["Cookie", "a=b; "],
  ["Cookie", "="],
  ["Cookie", " "],
  ["Cookie", '"'],
  ["Cookie", "\\"],
  ["Content-Type", "multipart/form-data"],
  ["Content-Type", " "],
  ["Authorization", "Basic "],
])("%s of %j is read in linear time", (name, unit) => {
  for (const cookieFormat of [0, 1] as const) {
    const settings = { ...defaultSettings(), cookieFormat };
    const run = (size: number): void => {
      const { variables } = new FakeState();
      addRequestHeader(variables, settings, name, unit.repeat(size / unit.length), new EntryMemo());
      variables.remoteUser.first();
    };
    expect(growthExponent(now, run, small, large)).toBeLessThanOrEqual(1.2);
  }
});
