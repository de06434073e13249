import test from 'ava';
import { execa } from 'execa';
import { emptyPlace } from '../support/program.ts';

/** What bash would offer after these words. */
async function offers(script: string, ...words: string[]): Promise<string[]> {
  const list = words.map((word) => `'${word}'`).join(' ');
  const asked = `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _quiltboot; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return (await execa('bash', ['-c', asked])).stdout.split('\n').filter(Boolean);
}

test('bash completes commands, the options of a command, and the words that an option takes', async (t) => {
  const place = await emptyPlace(t);
  const { code, out } = await place.run('completion', 'bash');
  t.is(code, 0);
  t.deepEqual(await offers(out, 'quiltboot', 'bis'), ['bisect']);
  t.true((await offers(out, 'quiltboot', 'run', '--fl')).includes('--flaky'));
  t.false((await offers(out, 'quiltboot', 'fetch', '--fl')).includes('--flaky'));
  t.deepEqual(await offers(out, 'quiltboot', 'run', '--fail-on', 'n'), ['new']);
  t.deepEqual(await offers(out, 'quiltboot', 'run', '--format', 'j'), ['junit', 'json']);
  t.false((await offers(out, 'quiltboot', 'plan', '--format', '')).includes('junit'));
  t.true((await offers(out, 'quiltboot', 'plan', '--format', '')).includes('github'));
  t.true((await offers(out, 'quiltboot', '--quiet', 'run', '--tar')).includes('--target'));
});

test('zsh and fish get scripts that name every command', async (t) => {
  const place = await emptyPlace(t);
  for (const shell of ['zsh', 'fish']) {
    const { code, out } = await place.run('completion', shell);
    t.is(code, 0);
    for (const command of ['run', 'bisect', 'lint-includes', 'doctor'])
      t.true(out.includes(command), `${shell}: ${command}`);
    t.true(out.includes('--without-fix') || out.includes('-l without-fix'));
  }
  const wrong = await place.run('completion', 'tcsh');
  t.is(wrong.code, 2);
});
