import test from 'ava';
import type { Event } from '../../../harness/model/index.ts';
import { makeDoor, visible, withoutCommands } from '../../../harness/report/door.ts';
import { lineFor } from '../../../harness/report/progress.ts';

function through(text: string, colours = false): string {
  let shown = '';
  makeDoor((part) => {
    shown += part;
  }, colours).print(text);
  return shown;
}

test('what a terminal obeys, what reorders text and what ends lines elsewhere is shown, not done', (t) => {
  const hidden = ['\u001b]0;title\u0007', '\u001b[2J', '\r', '\b', '\u009b31m', '\u0000', '\u202e', '\u2067', '\u2028'];
  for (const one of hidden) {
    const shown = through(`a${one}b\n`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    t.notRegex(shown, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u202e\u2067]/, JSON.stringify(one));
    t.true(shown.startsWith('a') && shown.endsWith('b\n'));
  }
  t.is(through('tab\tand\nline: äöü 漢字 €'), 'tab\tand\nline: äöü 漢字 €');
});

test('JSON keeps its values', (t) => {
  const value = { text: '\u202eevil \u009b \u0007 ##[group]x\n::error::y', path: 'C:\\##[x]' };
  t.deepEqual(JSON.parse(through(JSON.stringify(value, null, 2))), value);
  t.deepEqual(JSON.parse(visible(JSON.stringify(value))), value);
});

test('no line is a command of a CI runner', (t) => {
  for (const line of ['::error::x', '  ::add-mask::pass', '\t::stop-commands::t', 'a\n::set-output name=x::y'])
    t.notRegex(through(line), /^\s*::/m, line);
  for (const line of ['x ##[stop-commands]t', '##vso[task.setvariable]x', '##teamcity[x]', '####[x]'])
    t.notRegex(through(line), /##\w*\[/, line);
  t.is(withoutCommands('std::vector a :: b ## [x]'), 'std::vector a :: b ## [x]');
});

test('colours of our own pass, those of anybody else never', (t) => {
  let shown = '';
  const door = makeDoor((part) => {
    shown += part;
  }, true);
  door.print(`${door.paint('bad \u001b[32mgood', 'red')}\n`);
  t.is(shown, '\u001b[31mbad \\u001b[32mgood\u001b[0m\n');
  const plain = makeDoor(() => undefined, false);
  t.is(plain.paint('text', 'red'), 'text');
});

test('commands of our own are let through one door only, without the old form', (t) => {
  let shown = '';
  makeDoor((part) => {
    shown += part;
  }, false).commands('::error title=x::a ##[group]b\u001b[2J\n');
  t.is(shown, '::error title=x::a ##\\u005bgroup]b\\u001b[2J\n');
});

test('an event is one line of progress, whatever a guest put into its cause', (t) => {
  const event: Event = {
    type: 'stage-end',
    stage: 'boot',
    what: 'x86_64',
    outcome: 'crash',
    ms: 1,
    reused: false,
    cause: { blame: 'kernel', summary: 'panic\n::error::forged\r\nmore', excerpt: [], log: 'x' },
  };
  t.notRegex(lineFor(event, 0)?.text ?? '\n', /[\r\n]/);
});
