import test from 'ava';
import { i386, s390x, x86_64 } from '../../../harness/targets/index.ts';

const lostClock = (log: readonly string[]): boolean => log.some((line) => x86_64.lostClock?.test(line));

test('a kernel that could not measure its clock is told from one that could', (t) => {
  const begin = [
    '[    T0] tsc: Unable to calibrate against PIT',
    '[    T0] tsc: No reference (HPET/PMTIMER) available',
  ];
  t.true(lostClock([...begin, '[    T0] tsc: Marking TSC unstable due to could not calculate TSC khz']));
  t.false(lostClock(['[    T0] tsc: Fast TSC calibration using PIT', '[    T0] tsc: Detected 2445.389 MHz processor']));
  t.false(lostClock([...begin, '[    T1] tsc: Refined TSC clocksource calibration: 2445.4 MHz']));
  t.false(lostClock(['[    T0] tsc: Marking TSC unstable due to check_tsc_sync_source failed']));
  t.deepEqual(i386.lostClock, x86_64.lostClock);
  t.is(s390x.lostClock, undefined);
});
