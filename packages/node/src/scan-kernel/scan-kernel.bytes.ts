// Made by `npm run kernel` of scan-kernel.wat.

/** The module, as it is compiled. */
export const kernelBytes: Uint8Array<ArrayBuffer> = Uint8Array.from(
  atob(
    [
      "AGFzbQEAAAABEQJgBX9/f39/AX9gA39/fwF/AhABBGhvc3QGbWVtb3J5AgABAwMCAAEHCAEEc2NhbgAACo8CAtUBAQd/IAAgAmoh",
      "BSAFIAJqIQYgACABaiEHA0AgAC0AACELIAtBAToAgAIgCEEHdCALQQF0LwGABGovAYCgBCEIIAUtAAAhCyALQQE6AIACIAlBB3Qg",
      "C0EBdC8BgARqLwGAoAQhCSAGLQAAIQsgC0EBOgCAAiAKQQd0IAtBAXQvAYAEai8BgKAEIQogCCAJciAKciADTwRAIAggAyAEEAEh",
      "BCAJIAMgBBABIQQgCiADIAQQASEECyAAQQFqIQAgBUEBaiEFIAZBAWohBiAAIAdJDQALIAQLNgEBfyAAIAFJBEAgAg8LIAAgAWsh",
      "AyADLQCACARAIAIPCyADQQE6AIAIIAIgADsBACACQQJqCw==",
    ].join(""),
  ),
  (unit) => unit.charCodeAt(0),
);
