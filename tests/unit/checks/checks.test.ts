import test from 'ava';
import {
  checkExports,
  checkFit,
  checkForm,
  checkKconfigHelp,
  checkMaintainers,
  checkSignOff,
  fixesTags,
  freshFindings,
  namedIn,
  newExports,
  readCheckpatch,
  readKernelDoc,
} from '../../../harness/checks/index.ts';
import type { CheckFinding, CheckReport } from '../../../harness/model/index.ts';
import { checkVerdict, renderCheck } from '../../../harness/report/index.ts';

const author = { name: 'A Hacker', email: 'hacker@example.org' };
const texts = (findings: readonly CheckFinding[]): string[] => findings.map(({ text }) => text);

test('the author signs a patch off, and each co-author below the tag', (t) => {
  const signed = 'Why.\n\nSigned-off-by: A Hacker <hacker@example.org>';
  t.deepEqual(checkSignOff(signed, author), []);
  t.deepEqual(checkSignOff('Signed-off-by: "A Hacker" <other@example.org>', author), [], 'by name');
  t.deepEqual(checkSignOff('Signed-off-by: X <HACKER@example.org>', author), [], 'by address');
  t.deepEqual(texts(checkSignOff('Why.', author)), ['there is no Signed-off-by']);
  t.regex(
    texts(checkSignOff('Signed-off-by: B <b@example.org>', author))[0] ?? '',
    /^the author, A Hacker .* did not sign/,
  );
  t.deepEqual(texts(checkSignOff(`${signed}\nReviewed-by: somebody`, author)), ['names nobody: Reviewed-by: somebody']);
  const other = 'Co-developed-by: B <b@example.org>';
  t.deepEqual(checkSignOff(`${other}\nSigned-off-by: B <b@example.org>\n${signed}`, author), []);
  t.regex(texts(checkSignOff(`${other}\n${signed}`, author))[0] ?? '', /^Co-developed-by B is not followed/);
  t.regex(
    texts(checkSignOff(`${signed}\nSigned-off-by: A Hacker <hacker@example.org>`, author))[0] ?? '',
    /^stands twice/,
  );
});

test('a Fixes: tag has its form, and fits the commit', (t) => {
  const [good, short, bare] = fixesTags(
    'Fixes: 0123456789ab ("mm: do (that)")\n Fixes: 0123456 ("x")\nfixes: the bug\nThis fixes: nothing',
  );
  t.deepEqual(good, {
    line: 'Fixes: 0123456789ab ("mm: do (that)")',
    commit: '0123456789ab',
    subject: 'mm: do (that)',
  });
  t.deepEqual(
    [good, short, bare].map((tag) => (tag ? checkForm(tag).length : -1)),
    [0, 1, 1],
  );
  t.deepEqual(checkFit(good ?? { line: '' }, 'mm: do (that)'), []);
  t.deepEqual(texts(checkFit(good ?? { line: '' }, undefined)), ['Fixes: there is no commit 0123456789ab']);
  t.regex(texts(checkFit(good ?? { line: '' }, 'mm: another'))[0] ?? '', /is "mm: another", not "mm: do \(that\)"/);
});

const kconfigText = `config OLD
	bool "an old one"

config ASKED
	bool "a new one"
	default y

config HIDDEN
	bool
config TOLD
	tristate "told"
	help
	  config IN_HELP is no entry.
	  bool "nor is this a prompt"
`;

function diffOf(file: string, from: number, added: readonly string[], removed: readonly string[] = []): string {
  return [
    `diff --git a/${file} b/${file}`,
    `--- a/${file}`,
    `+++ b/${file}`,
    `@@ -${from},${removed.length + 1} +${from},${added.length + 1} @@`,
    ' context',
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    '',
  ].join('\n');
}

test('an option that a patch adds and asks for needs a help, whatever others lack', (t) => {
  const diff = diffOf('init/Kconfig', 3, kconfigText.split('\n').slice(3));
  t.deepEqual(checkKconfigHelp(diff, new Map([['init/Kconfig', kconfigText]])), [
    { file: 'init/Kconfig', line: 4, text: 'the option ASKED has no help', severity: 'warning' },
  ]);
});

test('an export that is new needs a user in another C file; a moved one is not new', (t) => {
  const diff = diffOf(
    'kernel/a.c',
    10,
    ['EXPORT_SYMBOL_GPL(fresh);', '	EXPORT_SYMBOL(used);', 'EXPORT_SYMBOL(moved);'],
    ['EXPORT_SYMBOL(moved);'],
  );
  const found = newExports(diff);
  t.deepEqual(
    found.map(({ symbol, line }) => [symbol, line]),
    [
      ['fresh', 11],
      ['used', 12],
    ],
  );
  const users = new Map([
    ['fresh', ['kernel/a.c', 'include/a.h']],
    ['used', ['kernel/a.c', 'drivers/b.c']],
  ]);
  t.deepEqual(texts(checkExports(found, users)), ['fresh is exported, and no other file of the tree uses it']);
});

test('what checkpatch says of a line of the patch is placed in the file', (t) => {
  const patch = `Subject: x\n\ntext\n---\n${diffOf('kernel/a.c', 5, ['int a; ', 'int b;'])}`;
  const at = patch.split('\n').indexOf('+int a; ') + 1;
  const output = [
    `/quiltboot/check.patch:${at}: ERROR:TRAILING_WHITESPACE: trailing whitespace`,
    '/quiltboot/check.patch:3: WARNING:COMMIT_LOG_LONG_LINE: too long',
    `${at + 1}: WARNING: an old one without types`,
    `/quiltboot/check.patch:${at}: CHECK:SPACING: only with --strict`,
    'total: 1 errors, 2 warnings',
  ].join('\n');
  t.deepEqual(readCheckpatch(output, patch), [
    { file: 'kernel/a.c', line: 6, text: 'trailing whitespace [TRAILING_WHITESPACE]', severity: 'error' },
    { text: 'too long [COMMIT_LOG_LONG_LINE]', severity: 'warning' },
    { file: 'kernel/a.c', line: 7, text: 'an old one without types', severity: 'warning' },
  ]);
});

test('findings are compared by content: one that moved is old, one more of the same is new', (t) => {
  const of = (line: number, text = 'unused'): CheckFinding => ({ file: 'a.c', line, text, severity: 'warning' });
  t.deepEqual(freshFindings([of(9)], [of(3)]), []);
  t.deepEqual(freshFindings([of(3), of(9)], [of(3)]), [of(9)]);
  t.deepEqual(freshFindings([of(3, 'see a.h:12:3')], [of(3, 'see a.h:14:3')]), []);
  t.deepEqual(freshFindings([of(3, 'another')], [of(3)]), [of(3, 'another')]);
  t.deepEqual(freshFindings([{ ...of(3), file: 'b.c' }], [of(3)]).length, 1);
});

test('kernel-doc and get_maintainer.pl are read as they print', (t) => {
  t.deepEqual(readKernelDoc("a.c:12: warning: Function parameter or member 'x' not described in 'f'\n1 warnings\n"), [
    { file: 'a.c', line: 12, text: "Function parameter or member 'x' not described in 'f'", severity: 'warning' },
  ]);
  const named = namedIn(
    'To: A <a@example.org>\nSubject: x\n\nCc: list@example.org\n---\n b@example.org | 1 +\ndiff --git a b',
  );
  const output = [
    'A <A@example.org> (maintainer:THING)',
    'B <b@example.org> (supporter:THING)',
    'list@example.org (open list:THING)',
    'C <c@example.org> (commit_signer:1/2=50%)',
  ].join('\n');
  t.deepEqual(texts(checkMaintainers(output, named)), ['not in Cc: B <b@example.org> (supporter:THING)']);
});

test('a check that could not run is no pass, and says why once', (t) => {
  const cannot = { kind: 'cannot', why: 'sparse is not installed' } as const;
  const of = (...outcomes: readonly CheckReport['patches'][number]['checks'][string][]): CheckReport => ({
    series: 'x',
    tree: 'linux',
    target: 'x86_64',
    columns: ['sparse'],
    patches: outcomes.map((sparse, index) => ({
      point: index + 1,
      patch: `${index}.patch`,
      subject: 's',
      checks: { sparse },
    })),
  });
  const finding = (severity: CheckFinding['severity']) =>
    ({ kind: 'ran', findings: [{ text: 'bad', severity, file: 'a.c', line: 3 }] }) as const;
  const clean = { kind: 'ran', findings: [] } as const;
  t.is(checkVerdict(of(clean)), 'pass');
  t.is(checkVerdict(of(clean, cannot)), 'untested');
  t.is(checkVerdict(of(finding('warning'), cannot)), 'warn');
  t.is(checkVerdict(of(finding('warning'), finding('error'))), 'fail');
  const text = renderCheck(of(cannot, cannot, finding('error')));
  t.regex(text, /^1 {6}0\.patch {2}n\/a$/m);
  t.regex(text, /sparse is not installed \(2 patches\)/);
  t.regex(text, /^3\/3 2\.patch, sparse:\n {2}error: a\.c:3: bad$/m);
});
