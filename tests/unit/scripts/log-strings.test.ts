import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { stringsOf } from '../../../scripts/log-strings/extract.ts';
import { findings, render } from '../../../scripts/log-strings/render.ts';

const source = `
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
/* pr_crit("in a comment\\n"); */
void quilt_do(int what)
{
	pr_crit("thread %d is "
		"torn\\n", what);
	printk(KERN_ALERT "no needle (%s)\\n", name(what));
	pr_info("all is well\\n");
	printk(KERN_WARNING "the seam is open at %p\\n", &what);
	dump_stack();
	if (what)
		panic("nothing to sew with: %x", what);
	WARN(what > 3, "too many layers: %d\\n", what);
}

void quilt_put(void)
{
	pr_err("nothing follows this in its function\\n");
}

void quilt_get(void)
{
	BUG();
}
`;

test('loud messages and those before a dump are found, with the prefix of their file', (t) => {
  t.deepEqual(
    stringsOf(source, 'quilt').map(({ kind, call, format }) => [kind, call, format]),
    [
      ['level', 'pr_crit', 'quilt: thread %d is torn\\n'],
      ['dump', 'printk', 'no needle (%s)\\n'],
      ['dump', 'pr_info', 'quilt: all is well\\n'],
      ['dump', 'printk', 'the seam is open at %p\\n'],
      ['panic', 'panic', 'nothing to sew with: %x'],
      ['warn', 'WARN', 'too many layers: %d\\n'],
    ],
  );
});

test('an example is what the log may show, and a report is found in it or not', (t) => {
  t.deepEqual(render('<3>at %pS, %5.2lu of %s\\nnext %%\\n'), ['at thread_pull+0x1c/0x40, 7 of spool', 'next %']);
  const entry = { line: 1, call: 'pr_crit', format: 'no needle\\n' };
  t.deepEqual(findings({ ...entry, kind: 'level' }), []);
  t.is(findings({ ...entry, kind: 'dump' }).length, 1);
  t.regex(findings({ ...entry, kind: 'panic', call: 'panic' })[0] ?? '', /panic: no needle/);
});

test('a message that nobody has classified makes the command fail', async (t) => {
  const tree = await mkdtemp(path.join(os.tmpdir(), 'log-strings-'));
  t.teardown(() => rm(tree, { recursive: true, force: true }));
  const script = path.resolve(import.meta.dirname, '..', '..', '..', 'scripts', 'log-strings.ts');
  const run = () => execa('node', ['--import=tsx', script, tree], { reject: false });
  await mkdir(path.join(tree, 'kernel'));
  await mkdir(path.join(tree, 'drivers'));
  const loud = (text: string): string => `void f(void)\n{\n\tpr_crit("${text}\\n");\n}\n`;
  await writeFile(path.join(tree, 'drivers', 'spool.c'), loud('the thread is torn'));
  const good = await run();
  t.is(good.exitCode, 0, good.stdout);
  t.regex(good.stdout, /1 no fault: a device/);
  await writeFile(path.join(tree, 'kernel', 'spool.c'), loud('the thread of the kernel is torn'));
  const bad = await run();
  t.is(bad.exitCode, 1);
  t.regex(bad.stdout, /^kernel\/spool\.c:3: level: "the thread of the kernel is torn\\\\n": UNCLASSIFIED$/m);
  await rm(path.join(tree, 'kernel'), { recursive: true });
  await rm(path.join(tree, 'drivers'), { recursive: true });
  t.is((await run()).exitCode, 1, 'a tree without messages is none');
});
