/**
 * Renders commits as archives and repository browsers show them, reads the pages back and tells which came out exact.
 *
 * Usage: npx tsx scripts/pages.ts REPOSITORY RANGE [--no-tree] [--show LAYOUT], with a checkout or a bare repository.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readCommitFile } from '../harness/host/git/commit-files.ts';
import { archiveLayouts } from './pages/archives.ts';
import { judgeLayout, treeOf } from './pages/judge.ts';
import { gitDirectoryOf, readShown } from './pages/read.ts';
import { repositoryLayouts } from './pages/repositories.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'no-tree': { type: 'boolean' }, show: { type: 'string' } },
});
const [place = '.', range = 'HEAD~20..HEAD'] = positionals;
const repository = await gitDirectoryOf(path.resolve(place));
const { signal } = new AbortController();
const layouts = [...repositoryLayouts, ...archiveLayouts];
const counts = new Map(layouts.map(({ name }) => [name, { exact: 0, told: 0, wrong: 0 }]));

for (const commit of await readShown(repository, range)) {
  for (const layout of layouts) {
    if (values.show !== undefined && layout.name !== values.show) continue;
    const read = (path: string): Promise<string | undefined> => readCommitFile(repository, commit.parent, path, signal);
    const judged = await judgeLayout(layout, commit, values['no-tree'] ? undefined : treeOf(read));
    const count = counts.get(layout.name);
    if (count !== undefined) count[judged.verdict]++;
    if (judged.verdict !== 'exact' && (values.show !== undefined || judged.verdict === 'wrong'))
      console.log(`${judged.layout} ${judged.id.slice(0, 12)} ${judged.verdict}: ${judged.why}`);
  }
}
for (const [name, { exact, told, wrong }] of counts)
  console.log(`${name.padEnd(16)} ${exact} exact, ${told} told, ${wrong} wrong`);
