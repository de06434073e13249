import test from 'ava';
import { commandLine, reproduceCommand, suiteWord } from '../../../harness/pipeline/run/reproduce.ts';

test('a suite is named as the series names it, and by its file where it does not', (t) => {
  const suites = ['/p/suites/pulse.ts', '/p/tests/a/own.ts', '/p/tests/b/own.ts'];
  t.is(suiteWord('pulse', { suites, chosen: false }, '/p'), 'pulse');
  t.is(suiteWord('pulse', { suites, chosen: true }, '/p'), 'suites/pulse.ts');
  t.is(suiteWord('pulse', { suites, chosen: true }, '/p/sub'), '../suites/pulse.ts');
  t.is(suiteWord('a/own', { suites, chosen: false }, '/p'), 'tests/a/own.ts');
  t.is(suiteWord('the suite that is gone', { suites, chosen: true }, '/p'), 'the suite that is gone');
});

test('words come through a shell as they are', (t) => {
  t.is(commandLine(['a', 'b c', "it's", 'x=1', '$HOME']), "a 'b c' 'it'\\''s' x=1 '$HOME'");
});

test('every option and every suite is in the command', (t) => {
  const invocation = {
    series: 'mine',
    directory: '/p',
    options: { '--tree': 'mini', '--config': 'debug', '--locked': '', '--shuffle': '7' },
  };
  t.is(
    reproduceCommand(invocation, 3, 's390x', 'test', { name: 'it beats', suites: ['a.ts', 'b.ts'] }),
    "quiltboot run mine --tree mini --target s390x --points 3 --config debug --locked --shuffle 7 --suite a.ts --suite b.ts --case 'it beats' --fresh",
  );
  t.is(
    reproduceCommand(invocation, 3, 's390x', 'build'),
    'quiltboot build mine --tree mini --target s390x --points 2..3 --config debug --locked --keep-going --fresh',
    'a build has no order of cases',
  );
});
