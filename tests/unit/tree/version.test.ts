import test from 'ava';
import { kernelVersion } from '../../../harness/tree/version.ts';

for (const [text, version] of [
  ['# SPDX\nVERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 192\nEXTRAVERSION =\nNAME = Curry Ramen\n', '6.1.192'],
  ['VERSION = 2\nPATCHLEVEL = 6\nSUBLEVEL = 22\nEXTRAVERSION = -rc6-mm1\nNAME=x\n', '2.6.22-rc6-mm1'],
  ['VERSION = 3\nPATCHLEVEL = 0\nSUBLEVEL =\nEXTRAVERSION = -rc1\n', '3.0-rc1'],
  ['VERSION=6\nPATCHLEVEL:=12 # x\nSUBLEVEL = 0\n', '6.12.0'],
  ['all:\n\techo\n', undefined],
  ['VERSION =\nPATCHLEVEL = 1\n', undefined],
] as const) {
  test(`${JSON.stringify(text.slice(0, 60))} is ${version ?? 'no kernel'}`, (t) => {
    t.is(kernelVersion(text), version);
  });
}
