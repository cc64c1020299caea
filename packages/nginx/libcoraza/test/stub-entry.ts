// A bundle that does nothing, for the figure of what calls from C++ cost by themselves.

let registers = new Float64Array(7);
const tx = {};
const report = (): void => {
  registers[0] = 0;
  registers[3] = 1;
  registers[4] = 1;
  registers[5] = 1e6;
  registers[6] = 1e6;
};

const value = {
  attach: (memory: ArrayBuffer) => {
    registers = new Float64Array(memory);
  },
  openWaf: () => tx,
  dropWaf: () => undefined,
  ruleCount: () => 1,
  matchedSeverity: () => 0,
  matchedErrorLog: () => "",
  requestHeaders: () => {
    report();
    return tx;
  },
  writeRequestBody: report,
  requestBody: report,
  responseHeaders: report,
  writeResponseBody: report,
  responseBody: report,
  finish: report,
  close: () => undefined,
  intervention: () => ["", ""],
  expand: () => "",
  warmUp: () => undefined,
  installPolyfills: () => undefined,
  removePolyfills: () => undefined,
};

Object.defineProperty(globalThis, "cuirass", { value });
