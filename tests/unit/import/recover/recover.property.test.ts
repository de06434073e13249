import test from 'ava';
import { structuredPatch } from 'diff';
import fc from 'fast-check';
import { PatchedTree, readSource, recover } from '../../../../harness/import/index.ts';

/** Lines that are alike, so that there are many wrong places and readings to fall for. */
const line = fc.constantFrom(
  '',
  '',
  '\tx = 1;',
  '\tx = 2;',
  '\t\tx = 1;',
  '{',
  '}',
  'int f(void)',
  '\tif (a < b)',
  ' * word',
  '- item',
  '+ item',
);
const file = fc.array(line, { minLength: 8, maxLength: 40 });
const edits = fc.array(
  fc.record({
    at: fc.nat(60),
    remove: fc.nat(3),
    add: fc.array(fc.constantFrom('\tx = 3;', '\ty();', '', '}', '\tif (c > d)'), { maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 3 },
);

function edit(
  lines: readonly string[],
  changes: readonly { at: number; remove: number; add: readonly string[] }[],
): string[] {
  const out = [...lines];
  for (const { at, remove, add } of changes) out.splice(at % (out.length + 1), remove, ...add);
  return out;
}

interface Sample {
  readonly before: string;
  /** Hunk headers and hunk lines. */
  readonly body: readonly string[];
}

const sample: fc.Arbitrary<Sample> = fc.tuple(file, edits).map(([lines, changes]) => {
  const before = `${lines.join('\n')}\n`;
  const after = `${edit(lines, changes).join('\n')}\n`;
  const { hunks } = structuredPatch('a/f.c', 'b/f.c', before, after, '', '', { context: 3 });
  const body = hunks.flatMap((hunk) => {
    const range = (start: number, count: number): string => `${count === 0 ? start - 1 : start},${count}`;
    return [`@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`, ...hunk.lines];
  });
  return { before, body };
});

type Mangling = (body: readonly string[], choice: number) => string[];

const manglings: Readonly<Record<string, Mangling>> = {
  'left as it is': (body) => [...body],
  'tabs turned into spaces': (body) => body.map((one) => one.replaceAll('\t', '        ')),
  'context without white space': (body) => body.map((one) => (one.startsWith(' ') ? one.trim() : one)),
  'trailing space lost': (body) => body.map((one) => one.trimEnd()),
  'a fence in the middle': (body, choice) => body.toSpliced(1 + (choice % body.length), 0, '```', '', '```'),
  'a fence with blank lines around it': (body, choice) =>
    body.toSpliced(1 + (choice % body.length), 0, '', '```', '', '```', ''),
  'blank lines between all lines': (body) => body.flatMap((one) => [one === ' ' ? '' : one, '']),
};

function page(body: readonly string[]): string {
  return ['f: change', '', 'Words.', '', '--- a/f.c', '+++ b/f.c', ...body, ''].join('\n');
}

async function recovered(text: string, before: string): Promise<{ whole: boolean; lines: string[] }> {
  const [message] = readSource('page', text);
  if (message === undefined) return { whole: false, lines: [] };
  const tree = new PatchedTree({ lines: (name) => Promise.resolve(name === 'f.c' ? before.split('\n') : undefined) });
  const patch = await recover(message, tree);
  return { whole: patch.whole, lines: patch.diff.replace(/\n$/, '').split('\n').slice(2) };
}

const bare = (lines: readonly string[]): string[] => lines.map((one) => one.replaceAll(/\s/g, ''));

for (const [what, mangle] of Object.entries(manglings)) {
  test(`${what}: a recovered patch is the one that was meant, or it is refused`, async (t) => {
    let whole = 0;
    let all = 0;
    await fc.assert(
      fc.asyncProperty(sample, fc.nat(), async ({ before, body }, choice) => {
        fc.pre(body.length > 0);
        const result = await recovered(page(mangle(body, choice)), before);
        all++;
        if (!result.whole) return;
        whole++;
        t.deepEqual(bare(result.lines), bare(body));
        const old = (lines: readonly string[]): string[] => lines.filter((one) => /^[ -]/.test(one));
        t.deepEqual(old(result.lines), old(body));
      }),
      { numRuns: 200 },
    );
    // Refusing everything would be safe and useless.
    t.true(whole > all / 4, `${whole} of ${all}`);
  });

  test(`${what}: with a line lost nothing is made up`, async (t) => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(sample, fc.nat(), fc.nat(), async ({ before, body }, choice, lost) => {
        const candidates = body.flatMap((one, index) => (one.startsWith('@@') ? [] : [index]));
        fc.pre(candidates.length > 0);
        const index = candidates[lost % candidates.length] ?? 0;
        const result = await recovered(page(mangle(body.toSpliced(index, 1), choice)), before);
        if (result.whole) t.deepEqual(bare(result.lines), bare(body));
        else refused++;
      }),
      { numRuns: 200 },
    );
    t.true(refused > 0);
  });
}
