import { readSeries } from '../../../harness/pipeline/series/read.ts';
import { mail, queue, spec } from '../../support/trees.ts';
import { type Ground, type HostileCase, said } from './case.ts';

function newFile(name: string, text = 'x', mode = '100644'): string {
  return `diff --git a/${name} b/${name}\nnew file mode ${mode}\n--- /dev/null\n+++ b/${name}\n@@ -0,0 +1 @@\n+${text}\n`;
}

function link(name: string, target: string): string {
  return `${newFile(name, target, '120000')}\\ No newline at end of file\n`;
}

const patches: readonly (readonly [string, (ground: Ground) => string, RegExp])[] = [
  ['a file above the tree', () => newFile('../outside'), /touches \.\.\/outside, which leads out of the tree/],
  ['a file above the tree, after a way down', () => newFile('kernel/../../outside'), /leads out of the tree/],
  ['an absolute path', ({ outside }) => newFile(outside), /touches .*outside, which|git cannot read/],
  ['the repository itself', () => newFile('.git/hooks/post-checkout'), /inside of a \.git directory/],
  ['the repository in capitals', () => newFile('.GIT/config'), /inside of a \.git directory/],
  ['a repository further down', () => newFile('kernel/.git/config'), /inside of a \.git directory/],
  ['the short name of the repository', () => newFile('git~1/config'), /inside of a \.git directory/],
  ['an absolute link', ({ secret }) => link('kernel/secret', secret), /symbolic link to .*outside of the tree/],
  ['a link upwards', () => link('kernel/up', '../../x'), /symbolic link to \.\.\/\.\.\/x, which is outside/],
  ['a link that goes down and then up', () => link('a', 'b/c/../../../x'), /which is outside of the tree/],
  ['a submodule', () => newFile('sub', `Subproject commit ${'1'.repeat(40)}`, '160000'), /makes sub a submodule/],
  [
    'a rename out of the tree',
    () => 'diff --git a/a b/../b\nsimilarity index 100%\nrename from a\nrename to ../b\n',
    /leads out of the tree|git cannot read/,
  ],
  [
    'a hunk that ends nowhere',
    () => 'diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,99999999 +1,99999999 @@\n x\n',
    /git cannot read the patch/,
  ],
  ['no diff at all', () => 'just words\n', /the patch has no diff in it/],
  ['names that look like options', () => newFile('--output=x'), /"files":\["--output=x"\]/],
  ['names that a shell would run', () => newFile('$(touch pwned)'), /"files":\["\$\(touch pwned\)"\]/],
  ['a subject that sets the terminal', () => newFile('kernel/a.c'), /"files":\["kernel\/a\.c"\]/],
];

const names: readonly (readonly [string, string, RegExp])[] = [
  ['a patch above the queue', '../secret.patch', /\.\.|not in|leads|outside|plain/],
  ['an absolute patch', '/etc/passwd', /\/etc\/passwd|absolute|outside/],
  ['options of quilt', 'a.patch -R', /-R/],
];

export const patchCases: readonly HostileCase[] = [
  ...patches.map(
    ([tries, diff, contained]): HostileCase => ({
      kind: 'patch',
      tries,
      contained,
      async run(ground) {
        const subject = tries.includes('terminal') ? 'x\u001b]0;taken\u0007' : 'harmless';
        const directory = await queue(ground.shop, 'q', { 'a.patch': mail(subject, diff(ground)) });
        return said(async () => ({ files: (await readSeries(spec(directory))).patches.flatMap(({ files }) => files) }));
      },
    }),
  ),
  ...names.map(
    ([tries, line, contained]): HostileCase => ({
      kind: 'patch',
      tries: `a series file with ${tries}`,
      contained,
      async run({ shop }) {
        await queue(shop, 'q', { 'a.patch': mail('x', newFile('a')) });
        await shop.write('q/series', `${line}\n`);
        return said(() => readSeries(spec(shop.at('q'))));
      },
    }),
  ),
];
