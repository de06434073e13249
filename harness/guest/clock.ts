/** What x86 says where no measurement of its clock agrees with another one; there is none then but the timer's tick. */
const notMeasured = /\btsc: Marking TSC unstable due to could not calculate TSC khz\b/;

/**
 * Whether a kernel could not measure its clock at boot, since the host took its processor away meanwhile. Its time goes in
 * ticks of 10 ms then, and what its tests see of time is not what they see elsewhere.
 */
export function lostClock(log: readonly string[]): boolean {
  return log.some((line) => notMeasured.test(line));
}
