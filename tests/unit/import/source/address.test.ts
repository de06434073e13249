import test from 'ava';
import { remoteSource } from '../../../../harness/import/index.ts';

const services = { lore: 'https://lore.example', patchwork: 'https://pw.example/' };
const urlOf = (word: string): string | undefined => remoteSource(word, services)?.url;

test('pages for people become the address of what they show', (t) => {
  for (const [word, url] of [
    ['a.1@host.org', 'https://lore.example/all/a.1%40host.org/t.mbox.gz'],
    ['<a.1@host.org>', 'https://lore.example/all/a.1%40host.org/t.mbox.gz'],
    ['linux-mm/a.1@host.org', 'https://lore.example/linux-mm/a.1%40host.org/t.mbox.gz'],
    ['https://lore.kernel.org/netdev/a.1@host.org/T/#u', 'https://lore.kernel.org/netdev/a.1@host.org/t.mbox.gz'],
    ['https://lore.kernel.org/r/a.1@host.org', 'https://lore.kernel.org/all/a.1@host.org/t.mbox.gz'],
    ['https://patch.msgid.link/a.1@host.org', 'https://lore.example/all/a.1@host.org/t.mbox.gz'],
    ['patchwork:123', 'https://pw.example/series/123/mbox/'],
    ['https://pw.org/project/x/list/?series=77&state=*', 'https://pw.org/series/77/mbox/'],
    ['https://pw.org/project/x/patch/a.1@host.org/', 'https://pw.org/project/x/patch/a.1@host.org/mbox/'],
    ['https://pw.org/api/1.2/series/77/', 'https://pw.org/series/77/mbox/'],
    ['https://forge.org/me/linux/pull/7/files', 'https://forge.org/me/linux/pull/7.patch'],
    ['https://forge.org/me/linux/commit/0123abcd.diff', 'https://forge.org/me/linux/commit/0123abcd.patch'],
    ['https://forge.org/me/linux/compare/v1...v2', 'https://forge.org/me/linux/compare/v1...v2.patch'],
    ['https://gl.org/a/b/-/merge_requests/5/diffs', 'https://gl.org/a/b/-/merge_requests/5.patch'],
    [
      'https://git.org/cgit/linux.git/commit/mm/a.c?id=0123abcd',
      'https://git.org/cgit/linux.git/patch/mm/a.c?id=0123abcd',
    ],
    ['https://git.org/?p=linux.git;a=commitdiff;h=0123abcd', 'https://git.org/?p=linux.git;a=patch;h=0123abcd'],
    ['https://forge.org/me/linux/pull/7.patch', 'https://forge.org/me/linux/pull/7.patch'],
  ] as const)
    t.is(urlOf(word), url, word);
  t.is(urlOf('no-such-file'), undefined);
});
