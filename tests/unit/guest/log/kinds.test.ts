import test from 'ava';
import { createLogReader } from '../../../../harness/guest/log/index.ts';
import { logCases } from '../../../support/log-cases.ts';

const reporter = /^(?:dump_stack|show_|kasan|print_)/;

for (const [name, expected] of logCases()) {
  test(name, (t) => {
    const reader = createLogReader({ wrapsLog: false });
    reader.push(Buffer.from(expected.log));
    reader.end();
    const found = reader.splats().filter(({ severity }) => severity !== 'coverage');
    t.is(found.length, expected.reports ?? 1, found.map(({ title }) => title).join('; '));
    const [first] = found;
    if (!first) return;
    t.is(first.severity, expected.severity ?? 'error');
    if (expected.family !== undefined) t.is(first.family, expected.family);
    for (const part of [expected.title ?? []].flat()) t.true(first.title.includes(part), first.title);
    if (expected.not !== undefined) t.false(first.title.includes(expected.not), first.title);
    if (expected.trace) {
      const names = (first.trace ?? []).map((frame) => frame.function).filter((each) => !reporter.test(each));
      t.deepEqual(names.slice(0, expected.trace.length), [...expected.trace]);
    }
    if (expected.excerpt !== undefined) t.true(first.excerpt.join('\n').includes(expected.excerpt));
  });
}
