import test from 'ava';
import { UserError } from '../../../harness/model/index.ts';
import { parseProject } from '../../../harness/project/index.ts';

function project(changes: Readonly<Record<string, string>> = {}): string {
  const lines: Record<string, string> = {
    defaults: 'defaults: {series: mine, tree: mini, targets: [x86_64]}',
    trees: 'trees:\n  mini: {base: "6.1", directory: linux}',
    series: 'series:\n  mine: {bases: {"6.1": {queue: patches}}}',
    ...changes,
  };
  return `version: 1\n${Object.values(lines).join('\n')}\n`;
}

/** The error of a project file that must be refused as the user's mistake, with its place. */
function refusal(text: string): UserError {
  try {
    parseProject(text, '/p/quiltboot.yaml');
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

test('the plain one is taken', (t) => {
  t.is(parseProject(project(), '/p/quiltboot.yaml').defaults.tree, 'mini');
});

test('aliases of aliases are not unfolded', (t) => {
  const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const bomb = levels.map((name, at) => {
    const inner = at === 0 ? '"ha"' : `*${levels[at - 1] ?? ''}`;
    return `${name}: &${name} [${Array(10).fill(inner).join(', ')}]`;
  });
  t.regex(refusal(`${project()}${bomb.join('\n')}\n`).message, /aliases stand for more than/);
});

test('levels without end are not followed, whichever way they are written', (t) => {
  for (const deep of [
    '['.repeat(100_000),
    `x: ${'{a: '.repeat(50_000)}`,
    `${'- '.repeat(50_000)}x`,
    `${' '.repeat(9999)}x: 1`,
  ])
    t.regex(refusal(deep).message, /levels/);
});

test('names that are paths, or options, are refused with their place', (t) => {
  for (const name of ['../../x', '/etc/x', '..', '.git', '-rf', 'a/b', 'a\\u0000b', 'a\\nb']) {
    const trees = refusal(
      project({ trees: `trees:\n  mini: {base: "6.1", directory: l}\n  "${name}": {base: "6.1", directory: l}` }),
    );
    t.regex(trees.message, /^the name .* cannot be used/, name);
    t.is(trees.location?.line, 5, name);
    const series = refusal(project({ series: `series:\n  "${name}": {bases: {"6.1": {queue: p}}}` }));
    t.regex(series.message, /^the name .* cannot be used/, name);
    t.throws(() => parseProject(project({ trees: `trees:\n  mini: {base: "${name}", directory: l}` }), '/p/q.yaml'));
  }
});

test('addresses of other schemes, and what apt or git would take for an option, are refused', (t) => {
  for (const source of [
    'tarball: "javascript:alert(1)"',
    'tarball: "ftp://example.org/x.tar"',
    'tarball: {url: "data:text/plain,x"}',
    'debian: "-oAcquire::http::Proxy=x"',
    'debian: linux, version: "-t"',
    'git: {url: "ext::sh -c true", ref: main}',
    'git: {url: "--upload-pack=x", ref: main}',
    'git: {url: "../linux", ref: "--exec=x"}',
  ]) {
    const error = refusal(project({ trees: `trees:\n  mini: {base: "6.1", ${source}}` }));
    t.is(error.location?.line, 4, source);
  }
});
