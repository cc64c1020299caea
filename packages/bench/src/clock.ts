/**
 * Microseconds of CPU time that this process has used, V8's helper threads included. What else runs on the machine does
 * not count, so that two engines can be compared on a machine that is not quiet.
 */
export function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
