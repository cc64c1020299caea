/** What signals of the process mean. */
export interface SignalActions {
  /** SIGHUP: rules and configuration anew; log files too, as daemons do. */
  readonly reload?: () => void;
  /** SIGUSR1 and SIGHUP: log files were rotated. */
  readonly reopen?: () => void;
}

/** Listens until closed. With a listener of ours Node.js does not open its debugger on SIGUSR1. */
export function onSignals({ reload, reopen }: SignalActions): { close(): void } {
  const hangUp = (): void => {
    reopen?.();
    reload?.();
  };
  const user = (): void => reopen?.();
  process.on("SIGHUP", hangUp);
  process.on("SIGUSR1", user);
  return {
    close: () => {
      process.off("SIGHUP", hangUp);
      process.off("SIGUSR1", user);
    },
  };
}
