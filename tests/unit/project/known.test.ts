import test from 'ava';
import { describeError, type Project, UserError } from '../../../harness/model/index.ts';
import { parseProject } from '../../../harness/project/index.ts';

function parsed(known: string): Project {
  const text = `version: 1
defaults: {series: none, tree: linux, targets: [x86_64]}
trees:
  linux: {base: "6.1", directory: .}
known:
  - ${known}
`;
  return parseProject(text, '/project/quiltboot.yaml');
}

function complaint(known: string): string {
  try {
    parsed(known);
    return 'accepted';
  } catch (error) {
    if (error instanceof UserError) return describeError(error);
    throw error;
  }
}

test('a known issue says what, where, until when and why', (t) => {
  const all = '{case: "tasks: a*", title: css_put, target: s390x, until: 2026-12-31, why: https://example.org/7}';
  t.like(parsed(all).known?.[0], {
    case: 'tasks: a*',
    title: 'css_put',
    target: 's390x',
    until: '2026-12-31',
    why: 'https://example.org/7',
  });
});

test('without a reason, a subject or a day that there is, it is refused with its line', (t) => {
  t.regex(complaint('{case: "tasks: a"}'), /^\/project\/quiltboot\.yaml:6:5: missing key "why" in known\.0/);
  t.regex(complaint('{case: "tasks: a", why: ""}'), /:6:\d+: known\.0\.why: expected at least 1 character/);
  t.regex(complaint('{why: because}'), /:6:5: known\.0: expected case, title or both/);
  t.regex(
    complaint('{case: a, why: b, until: 2026-02-30}'),
    /:6:\d+: known\.0\.until: expected a day such as 2026-12-31/,
  );
  t.regex(
    complaint('{case: a, why: b, untill: 2026-02-01}'),
    /unknown key "untill" in known\.0; did you mean "until"\?/,
  );
});
