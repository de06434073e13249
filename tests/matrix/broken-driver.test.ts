/**
 * A driver of one's own and what can go wrong with it, on a real kernel: what was not compiled, not run or not seen is a
 * pass in no form of the report, and what fails is blamed on the right patch with the right headline.
 */
import test from 'ava';
import type { Cell, Run } from '../../harness/model/index.ts';
import { atRead, atStart, type Broken, brokenDriver, heads } from '../support/broken-driver.ts';
import { notGreen } from '../support/not-green.ts';
import { latestRun, program } from '../support/program.ts';
import { mustReproduce } from '../support/reproduce.ts';

const on = 'CONFIG_SPOOL=y\n';
const suite = (body: string, options = ''): string =>
  `import { suite } from 'quiltboot/suite';\nconst { test } = suite(${options});\n${body}`;
const reads = suite(
  `test('it is empty', async (t, { guest }) => t.is(await guest.read('/sys/kernel/spool/length'), '0\\n'));\n`,
  `{ needs: ['spool'] }`,
);

interface Told {
  readonly title: string;
  readonly broken: Broken;
  readonly words: readonly string[];
  readonly code: number;
  /** Where the run has a report at all: which signs its forms have. */
  readonly kind: 'untested' | 'fail';
  /** What the text says. */
  readonly says: readonly RegExp[];
  readonly saysNot?: RegExp;
  /** The command that repeats it is tried: that builds everything again. */
  readonly again?: true;
  /** The cell at the last point of the first target. */
  readonly cell: Partial<Pick<Cell, 'stage' | 'outcome' | 'blame'>>;
}

const runs: readonly Told[] = [
  {
    title: 'the option that the driver needs is off',
    broken: { change: { [atStart]: `${atStart}\tthis is no C;\n` } },
    words: ['build'],
    code: 1,
    kind: 'untested',
    says: [/not covered/, /drivers\/misc\/spool\.c.*CONFIG_SPOOL is not set/],
    cell: { outcome: 'not-covered' },
  },
  {
    title: 'a module uses a symbol that the kernel does not export',
    broken: {
      change: {
        [heads]: `#include <linux/kernel_stat.h>\n${heads}`,
        [atStart]: `${atStart}\tpr_info("%llu\\n", nr_context_switches());\n`,
      },
      fragment: 'CONFIG_MODULES=y\nCONFIG_SPOOL=m\n',
    },
    words: ['build'],
    code: 1,
    kind: 'fail',
    says: [/broken by 2\/2 \(break\.patch\)/, /"nr_context_switches" \[drivers\/misc\/spool\.ko\] undefined/],
    cell: { stage: 'build', outcome: 'fail', blame: 'kernel' },
  },
  {
    title: 'the kernel has no console',
    broken: { fragment: on, more: '# CONFIG_SERIAL_8250_CONSOLE is not set\n' },
    words: ['boot', '--config', 'more', '--points', 'final'],
    code: 1,
    kind: 'fail',
    says: [/the messages of this kernel do not reach the console; is its driver enabled/],
    cell: { stage: 'boot', outcome: 'fail', blame: 'kernel' },
  },
  {
    title: 'a configuration takes away what the fragments of the tree need',
    broken: { fragment: on, more: '# CONFIG_BLK_DEV_INITRD is not set\n' },
    words: ['boot', '--config', 'more', '--points', 'final'],
    code: 2,
    kind: 'fail',
    says: [/did not survive: .*CONFIG_INITRAMFS_SOURCE/, /verdict: mistake/],
    cell: { stage: 'configure', outcome: 'fail', blame: 'user' },
  },
  {
    title: 'a warning of the boot is seen although the command line is quiet',
    broken: {
      change: { [atStart]: `${atStart}\tWARN_ON(!length);\n` },
      fragment: on,
      machine: 'commandLine: [quiet]',
    },
    words: ['boot'],
    code: 1,
    kind: 'fail',
    says: [/broken by 2\/2 \(break\.patch\)/, /WARNING in spool_init/],
    cell: { stage: 'boot', outcome: 'fail', blame: 'kernel' },
  },
  {
    title: 'one target of two panics: nothing is said of byte orders',
    broken: {
      change: { [atStart]: `${atStart}\tif (IS_ENABLED(CONFIG_X86))\n\t\tpanic("spool: torn");\n` },
      fragment: on,
      targets: ['x86_64', 's390x'],
    },
    words: ['boot'],
    code: 1,
    kind: 'fail',
    says: [/spool: torn/, /x86_64 only/],
    saysNot: /endian only/,
    cell: { stage: 'boot', outcome: 'crash', blame: 'kernel' },
  },
  {
    title: 'the first report of several is the headline, with its stacks',
    broken: {
      change: {
        [heads]: `#include <linux/list.h>\n#include <linux/slab.h>\n${heads}`,
        [atRead]: `\tstruct list_head *end = kmalloc(64, GFP_KERNEL), *other = kmalloc(64, GFP_KERNEL);\n\n\tINIT_LIST_HEAD(end);\n\tlist_add(other, end);\n\tkfree(other);\n\tlist_del(end->next);\n\tWARN_ON(1);\n${atRead}`,
      },
      fragment: on,
      more: 'CONFIG_KASAN=y\nCONFIG_KASAN_GENERIC=y\nCONFIG_DEBUG_LIST=y\n',
      files: { 'suites/spool.ts': reads },
    },
    words: ['run', '--config', 'more', '--points', 'final'],
    code: 1,
    kind: 'fail',
    says: [/KASAN: .*use-after-free.* in .*(?:list|length_show)/, /Allocated by task/, /Freed by task/],
    cell: { stage: 'test', outcome: 'crash', blame: 'kernel' },
  },
  {
    title: 'every case is skipped',
    broken: {
      fragment: on,
      files: {
        'suites/spool.ts': suite(`test('never', async (t, { skip }) => skip('nothing to do here'));\n`),
      },
    },
    words: ['run', '--points', 'final'],
    code: 1,
    kind: 'untested',
    says: [/^verdict: untested: no case ran, 1 were skipped/m],
    cell: { outcome: 'skip' },
  },
  {
    title: 'what a case writes stands where it fails, and its own path is in the command that repeats it',
    broken: {
      fragment: on,
      files: {
        'my tests/own.ts': suite(
          `test('says something', async (t) => { t.log('MARKER-A'); console.log('MARKER-B'); t.is(1, 2); });\n`,
        ),
      },
    },
    words: ['run', '--points', 'final', '--suite', 'my tests/own.ts'],
    code: 1,
    kind: 'fail',
    again: true,
    says: [/MARKER-A/, /MARKER-B/, /own\.ts:3:\d+: /, /--suite 'my tests\/own\.ts'/],
    cell: { stage: 'test', outcome: 'fail', blame: 'kernel' },
  },
];

for (const { title, broken, words, code, kind, says, saysNot, again, cell } of runs) {
  test.serial(title, async (t) => {
    const place = await brokenDriver(t, broken);
    const ended = await place.run(...words);
    t.log(ended.out);
    t.is(ended.code, code, ended.out + ended.err);
    const run = await latestRun(place);
    for (const words of says) t.regex(ended.out, words);
    if (saysNot) t.notRegex(ended.out, saysNot);
    t.like(lastOf(run), cell);
    notGreen(t, run, kind);
    if (again) await t.notThrowsAsync(mustReproduce({ ...place, program }));
  });
}

const lastOf = ({ cells, targets }: Run): Cell | undefined =>
  cells.filter(({ target }) => target === targets[0]).at(-1);

interface Mistake {
  readonly title: string;
  readonly broken: Broken;
  readonly words: readonly string[];
  readonly says: RegExp;
}

const mistakes: readonly Mistake[] = [
  {
    title: 'a feature that a suite needs is misspelt',
    broken: { fragment: on, files: { 'suites/spool.ts': reads.replace("'spool'", "'spolo'") } },
    words: ['run'],
    says: /"spolo".*spool/s,
  },
  {
    title: 'no case has the name that was asked for',
    broken: { fragment: on, files: { 'suites/spool.ts': reads } },
    words: ['run', '--case', 'no such case'],
    says: /no case has "no such case" in its name/,
  },
  {
    title: 'a fragment asks for an option that the tree lacks',
    broken: { fragment: `${on}CONFIG_SPOLO=y\n` },
    words: ['build'],
    says: /CONFIG_SPOLO/,
  },
];

for (const { title, broken, words, says } of mistakes) {
  test.serial(`${title}: that is the user's mistake`, async (t) => {
    const place = await brokenDriver(t, broken);
    const { code, out, err } = await place.run(...words);
    t.is(code, 2, out + err);
    t.regex(out + err, says);
  });
}
