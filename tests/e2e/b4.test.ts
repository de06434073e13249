import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { diffContent } from '../../harness/series/content.ts';
import { changeSched, mail, program, schedLine } from '../support/program.ts';
import { patchesOf, runOf, testedCell } from '../support/sample-run.ts';

const diff = changeSched(schedLine, 'say("naïve = really");');

/** The second patch of the run, of which no cell ran. */
const later = changeSched(schedLine, 'say("later");');

/** The same mail as a list server sends it. */
function encoded(text: string): string {
  const [head = '', ...rest] = text.split('\n\n');
  const body = Buffer.from(rest.join('\n\n'))
    .toString('base64')
    .replaceAll(/(.{76})/g, '$1\n');
  return `Message-ID: <1@x>\n${head}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: base64\n\n${body}\n`;
}

/** Runs the command with a stored run of one patch, the mail on its stdin. */
async function check(
  t: ExecutionContext,
  text: string,
): Promise<{ code: number | undefined; out: string; err: string }> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-b4-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const patches = patchesOf(2).map((patch, index) => ({
    ...patch,
    ...(index === 0 ? { subject: 'say more', content: diffContent(diff) } : { content: diffContent(later) }),
  }));
  const cells = [testedCell(0, 'x86_64', { a: 'pass' }), testedCell(1, 'x86_64', { a: 'fail' })];
  await writeFile(path.join(directory, 'run.json'), JSON.stringify(runOf(cells, { series: { name: 'x', patches } })));
  const [command, ...words] = program;
  const ended = await execa(command, [...words, 'b4-check', directory], { input: text, reject: false });
  return { code: ended.exitCode, out: ended.stdout, err: ended.stderr };
}

test('a patch of the run is known by what it changes, however the mail is encoded', async (t) => {
  for (const text of [mail('say more', diff), encoded(mail('another subject', diff))]) {
    const { code, out, err } = await check(t, text);
    t.is(code, 0, err);
    const [result, ...more] = JSON.parse(out) as { tool: string; status: string; summary: string }[];
    t.deepEqual(more, []);
    t.like(result, { tool: 'quiltboot-x86_64', status: 'fail' });
    t.regex(result?.summary ?? '', /^FAIL test 1\/1: tasks: a/);
  }
});

test('another version of it is a warning; a stranger was not run; a cover letter gets no answer', async (t) => {
  const other = changeSched(schedLine, 'say("something else");');
  t.like(JSON.parse((await check(t, mail('say more', other))).out), [{ tool: 'quiltboot', status: 'warn' }]);
  const [stranger] = JSON.parse((await check(t, mail('a stranger', other))).out) as {
    status: string;
    summary: string;
  }[];
  t.is(stranger?.status, 'warn');
  t.regex(stranger?.summary ?? '', /^not run: /);
  const [unrun, ...more] = JSON.parse((await check(t, mail('say it later', later))).out) as (typeof stranger)[];
  t.deepEqual(more, []);
  t.is(unrun?.status, 'warn');
  t.regex(unrun?.summary ?? '', /^not run: run \S+ has this patch, but no cell of its point$/);
  t.deepEqual(JSON.parse((await check(t, mail('a series', 'About it.\n'))).out), []);
});
