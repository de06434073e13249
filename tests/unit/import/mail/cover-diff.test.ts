import test from 'ava';
import { assemble } from '../../../../harness/import/index.ts';
import { change, patchBody, read } from '../mails.ts';

test('a diff in a cover letter is a problem unless the patches make its changes', (t) => {
  const series = (diff: string): ReturnType<typeof assemble> =>
    assemble(
      read([
        { subject: '[PATCH 0/2] all', id: 'c', body: patchBody(diff) },
        { subject: '[PATCH 1/2] one', id: 'p1', to: 'c', body: patchBody(change('kernel/a.c')) },
        { subject: '[PATCH 2/2] two', id: 'p2', to: 'c', body: patchBody(change('net/b.c')) },
      ]),
    );
  const all = series(change('kernel/a.c') + change('net/b.c'));
  t.deepEqual(all.problems, []);
  t.regex(all.notes[0]?.text ?? '', /the patches make its changes/);
  const other = series(change('mm/c.c'));
  t.is(other.patches.length, 2);
  t.regex(other.problems[0]?.text ?? '', /0\/2 "all" is taken for the cover letter, but holds a diff/);
});
