import test from 'ava';
import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { assemble, findRefusals, type MailMessage, readSource, recover } from '../../../harness/import/index.ts';
import { UserError } from '../../../harness/model/index.ts';
import { bytes } from './fixture.ts';
import { base64, separator } from './mails.ts';

/**
 * Every line of a diff lands in the patch or in a reported problem, whatever mail programs, people and archives did to
 * it. What counts as such a line is told here without a word of the program: each that begins with a plus or a minus
 * between the first line of the diff and what follows it, but for the two names of a file.
 */
const word = fc.constantFrom('int a;', '\treturn a;', '}', '{', '', 'a = b + c;', '\t\tif (x)', '/* why */', 'end;');
const text = fc.array(word, { minLength: 4, maxLength: 20 });

const fileDiff = (name: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      text,
      fc.array(fc.tuple(fc.nat(19), fc.nat(2), fc.array(word, { maxLength: 3 })), { minLength: 1, maxLength: 3 }),
    )
    .map(([old, edits]) => {
      const next = [...old];
      for (const [at, gone, fresh] of edits) next.splice(Math.min(at, next.length), gone, ...fresh);
      const join = (lines: readonly string[]): string => lines.map((one) => `${one}\n`).join('');
      const diff = createTwoFilesPatch(`a/${name}`, `b/${name}`, join(old), join(next), '', '', { context: 3 });
      const head = `diff --git a/${name} b/${name}\nindex 1111111..2222222 100644\n`;
      return head + diff.replace(/^=+\n/, '').replace(/^((?:---|\+\+\+) .*)\t$/gm, '$1');
    })
    .filter((diff) => diff.includes('@@'));

type Lines = readonly string[];

/** What happens to diffs on their way; each gets the lines and a number that says where. */
const damages: Readonly<Record<string, (lines: Lines, at: number) => Lines>> = {
  nothing: (lines) => lines,
  'a line is lost': (lines, at) => lines.toSpliced(at, 1),
  'a hunk header is lost': (lines) =>
    lines.toSpliced(
      lines.findIndex((line) => line.startsWith('@@')),
      1,
    ),
  'the first sign of a line is lost': (lines, at) => lines.with(at, (lines[at] ?? '').slice(1)),
  'a line is wrapped': (lines, at) => {
    const line = lines[at] ?? '';
    const middle = Math.max(1, Math.ceil(line.length / 2));
    return lines.toSpliced(at, 1, line.slice(0, middle), line.slice(middle));
  },
  'a count is wrong': (lines, at) =>
    lines.map((line) =>
      line.replace(/^(@@ -\d+,)(\d+)/, (_, head: string, count: string) => `${head}${Number(count) + 1 + (at % 3)}`),
    ),
  'a count is too small': (lines) =>
    lines.map((line) =>
      line.replace(
        /(\+\d+,)(\d+) @@/,
        (_, head: string, count: string) => `${head}${Math.max(0, Number(count) - 1)} @@`,
      ),
    ),
  'words come between': (lines, at) => lines.toSpliced(at, 0, 'Words of a reader.'),
  'the rest is lost': (lines, at) => lines.slice(0, Math.max(7, at)),
  'a line is there twice': (lines, at) => lines.toSpliced(at, 0, lines[at] ?? ''),
  "git's header is lost": (lines) => lines.filter((line) => !/^(?:diff|index) /.test(line)),
  'the names are lost': (lines) => lines.filter((line) => !/^(?:---|\+\+\+) [ab]\//.test(line)),
  'tabs are spaces': (lines) => lines.map((line) => line.replaceAll('\t', '        ')),
  'the space of context is lost': (lines) => lines.map((line) => line.replace(/^ /, '')),
  'white space at the end is lost': (lines) => lines.map((line) => line.trimEnd()),
  'a blank line comes between': (lines, at) => lines.toSpliced(at, 0, ''),
};

const mail = (subject: string, body: string, head = ''): string =>
  `From: Ann Author <ann@example.org>\nDate: Mon, 1 Jan 2024 10:00:00 +0000\nSubject: ${subject}\n${head}\n${body}`;
const described = (diff: string): string =>
  `Words.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\n${diff}-- \n2.39.5\n`;
const escape = (plain: string): string => plain.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** The ways in which a diff travels. */
const carriers: Readonly<Record<string, (subject: string, diff: string) => string>> = {
  mail: (subject, diff) => mail(subject, described(diff)),
  'a mail in base64': (subject, diff) => mail(subject, base64(described(diff)), 'Content-Transfer-Encoding: base64\n'),
  'an attachment': (subject, diff) =>
    mail(
      subject,
      `--B\nContent-Type: text/plain\n\nSee below.\n--B\nContent-Type: text/x-patch; name="x.patch"\nContent-Disposition: attachment; filename="x.patch"\n\n${diff}\n--B--\n`,
      'Content-Type: multipart/mixed; boundary="B"\n',
    ),
  page: (subject, diff) =>
    `<html><body><pre>\nFrom: Ann Author &lt;ann@example.org&gt;\nSubject: ${subject}\n\n${escape(described(diff))}</pre></body></html>`,
  quotation: (subject, diff) =>
    mail(`Re: ${subject}`, `On Monday Ann Author wrote:\n${described(diff).replace(/^/gm, '> ')}\nFine.\n`),
};

/** Each line that changes something, by the count of its text without white space, which is told in another way. */
function changed(lines: Lines): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [at, line] of lines.entries()) {
    const named = /^(?:-{1,3}|\+{1,3}) [ab]\//.test(line) || (line === '--- ' && lines[at + 1]?.startsWith('+++'));
    // After a hunk a dash alone is a rule: nothing tells it from an empty line that is removed.
    if (!/^[+-]/.test(line) || named || /^-\s*$/.test(line)) continue;
    const key = line.replace(/\s+/g, '');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

const same = (one: Map<string, number>, other: Map<string, number>): boolean =>
  one.size === other.size && [...one].every(([line, count]) => other.get(line) === count);

/** Everything that is said against an import, and the lines that came out. */
async function taken(messages: readonly MailMessage[]): Promise<{ readonly lines: Lines; readonly problems: number }> {
  const assembly = assemble(messages);
  const found = [...assembly.problems, ...findRefusals(assembly.patches)];
  const lines: string[] = [];
  let problems = found.length;
  for (const message of assembly.patches) {
    const patch = await recover(message);
    problems += patch.problems.length + message.findings.problems.length;
    lines.push(...patch.diff.split('\n'));
  }
  return { lines, problems };
}

async function isKept(source: string, given: Lines): Promise<boolean> {
  try {
    const { lines, problems } = await taken(readSource('x', bytes(source)));
    return problems > 0 || same(changed(lines), changed(given));
  } catch (error) {
    // A source in which nothing is found is a mistake with its place.
    if (error instanceof UserError) return true;
    throw error;
  }
}

const one = fc
  .tuple(fileDiff('kernel/a.c'), fileDiff('net/b.c'), fc.boolean())
  .map(([a, b, both]) => (both ? a + b : a));
const damage = fc.tuple(fc.constantFrom(...Object.keys(damages)), fc.nat(60));

function damaged(diff: string, all: readonly (readonly [string, number])[]): Lines {
  let lines: Lines = diff.trimEnd().split('\n');
  for (const [name, at] of all) lines = damages[name]?.(lines, Math.min(6 + (at % 40), lines.length - 1)) ?? lines;
  return lines;
}

/** The same cases each time, so that a run tells of a change; all tests together look for new ones. */
function runs(count: number): { readonly numRuns: number; readonly seed?: number } {
  const given = process.env['QUILTBOOT_TEST_SEED'];
  if (process.env['QUILTBOOT_TEST_ALL'] === '1') return { numRuns: count * 20 };
  return { numRuns: count, seed: given === undefined ? 20_240_101 : Number(given) };
}

test('no line of a damaged diff is lost in silence', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      one,
      fc.array(damage, { maxLength: 2 }),
      fc.constantFrom(...Object.keys(carriers)),
      async (diff, all, carrier) => {
        const lines = damaged(diff, all);
        const source = carriers[carrier]?.('[PATCH] kernel: one', `${lines.join('\n')}\n`) ?? '';
        return isKept(source, lines);
      },
    ),
    runs(400),
  );
  t.pass();
});

test('no line of a damaged thread is lost in silence', async (t) => {
  const patch = fc.tuple(
    one,
    fc.array(damage, { maxLength: 1 }),
    fc.constantFrom('mail', 'a mail in base64', 'an attachment'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(patch, { minLength: 2, maxLength: 4 }), fc.boolean(), async (patches, numbered) => {
      const all = patches.map(([diff, damagesOf]) => damaged(diff, damagesOf));
      const box = patches.map(([, , carrier], at) => {
        const subject = numbered ? `[PATCH ${at + 1}/${patches.length}] k: ${at}` : `[PATCH] k: ${'abcd'[at] ?? ''}`;
        return `${separator}${carriers[carrier]?.(subject, `${all[at]?.join('\n') ?? ''}\n`) ?? ''}\n`;
      });
      return isKept(box.join(''), all.flat());
    }),
    runs(120),
  );
  t.pass();
});
