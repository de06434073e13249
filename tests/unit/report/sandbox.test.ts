import test from 'ava';
import { renderReport, reportKinds } from '../../../harness/report/index.ts';
import { mergeRuns } from '../../../harness/results/index.ts';
import { mixedRun } from '../../support/sample-run.ts';

const unprotected = { ...mixedRun, sandbox: { builds: 'none', reason: 'no bubblewrap' } } as const;
const inLandlock = { ...mixedRun, sandbox: { builds: 'landlock', reason: 'no bubblewrap' } } as const;
const inSandbox = { ...mixedRun, sandbox: { builds: 'bubblewrap' } } as const;

for (const kind of reportKinds) {
  test(`${kind} tells that builds were not sandboxed, and only then`, (t) => {
    const words = kind === 'json' ? /"builds": "none"/ : /not\s+sandboxed/;
    t.regex(renderReport(unprotected, kind), words);
    t.notRegex(renderReport(inSandbox, kind), words);
    t.notRegex(renderReport(inLandlock, kind), words);
  });

  test(`${kind} tells that the sandbox was the weaker one, and only then`, (t) => {
    const words =
      kind === 'json' ? /"builds": "landlock"/ : /sandboxed\s+with\s+landlock[^:]*weaker[^:]*:\s+no\s+bubblewrap/;
    t.regex(renderReport(inLandlock, kind), words);
    t.notRegex(renderReport(inSandbox, kind), words);
    t.notRegex(renderReport(unprotected, kind), words);
  });
}

test('a merged run is as protected as the least protected of its parts', (t) => {
  const merged = mergeRuns([inSandbox, unprotected], { id: 'merged', command: 'quiltboot merge' });
  t.is(merged.run.sandbox?.builds, 'none');
  const both = mergeRuns([inSandbox, inLandlock], { id: 'merged', command: 'quiltboot merge' });
  t.deepEqual(both.run.sandbox, inLandlock.sandbox);
});
