import test from 'ava';
import { narrowText } from '../../../harness/report/index.ts';

test('long lines are broken at blanks and keep their indentation, short ones are left alone', (t) => {
  const text = `short\n${'word '.repeat(20).trim()}\n  ${'more '.repeat(20).trim()}\n`;
  const lines = narrowText(text, 60).split('\n');
  t.true(lines.every((line) => line.length <= 60));
  t.is(lines[0], 'short');
  t.is(lines.filter((line) => line.startsWith('  more')).length, 2);
  t.is(lines.join(' ').replaceAll(/ +/g, ' '), text.replaceAll(/\s+/g, ' '));
});

test('a command that is broken can still be copied', (t) => {
  const command = 'quiltboot report --format junit=report.xml --format text --against last-night/run.json';
  const lines = narrowText(`  $ ${command}`, 50).split('\n');
  t.true(lines.length > 1 && lines.every((line) => line.length <= 50));
  t.is(lines.join('\n').replaceAll(/ \\\n */g, ' '), `  $ ${command}`);
});

test('a word that is wider than the terminal is not cut', (t) => {
  t.is(narrowText(`see ${'x'.repeat(90)} there`, 60), `see\n${'x'.repeat(90)}\nthere`);
});

test('codes for colours take no column', (t) => {
  const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;
  const fits = ` 0    ${red('FAIL test 1/2')}    ${red('FAIL test 1/2')}    ${red('FAIL build')}`;
  t.is(narrowText(fits, 60), fits);
  t.is(
    narrowText(`${red('one')} ${'x'.repeat(54)} ${red('two')}`, 60),
    `${red('one')} ${'x'.repeat(54)}\n${red('two')}`,
  );
});
