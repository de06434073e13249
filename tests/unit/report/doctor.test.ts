import test from 'ava';
import { renderDoctor } from '../../../harness/report/index.ts';

const make = { state: 'ok', name: 'make', text: 'GNU Make 4.3' } as const;
const bc = { state: 'missing', name: 'bc', text: '(timeconst) install it: apt-get install bc' } as const;

test('each thing has a line of columns, and one command installs all that is missing', (t) => {
  t.is(
    renderDoctor({ ok: false, entries: [make, bc], install: 'apt-get install bc' }),
    `ok       make                   GNU Make 4.3
missing  bc                     (timeconst) install it: apt-get install bc

to install everything that is missing: apt-get install bc
`,
  );
  t.is(renderDoctor({ ok: true, entries: [make] }), 'ok       make                   GNU Make 4.3\n');
});
