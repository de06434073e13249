import test from 'ava';
import { usedFiles } from '../../../harness/make/index.ts';

/** A digest as the program prints it, of targets and the files that were read for them. */
function digest(read: Readonly<Record<string, readonly string[]>>, lists: Readonly<Record<string, string>>): string {
  const files = [...new Set(Object.values(read).flat())];
  return [
    ...files.map((file) => `F ${file}`),
    ...Object.entries(read).map(
      ([target, some]) => `D ${target} ${some.map((one) => files.indexOf(one) + 1).join(' ')}`,
    ),
    ...Object.entries(lists).map(([target, parts]) => `L ${target} ${parts}`),
  ].join('\n');
}

const sources = (used: readonly string[]): string[] => used.filter((file) => !file.endsWith('/'));

test('an object counts while the list of its directory has it, and so do the headers that it includes', (t) => {
  const read = {
    'drivers/misc/old.o': ['/linux/drivers/misc/old.c', '/linux/include/linux/old.h'],
    'drivers/misc/new.o': ['/linux/drivers/misc/new.c', '/linux/include/linux/both.h'],
  };
  const lists = { 'drivers/misc/built-in.a': 'new.o', 'drivers/built-in.a': 'misc/built-in.a' };
  t.deepEqual(sources(usedFiles(digest(read, lists), '/linux')), ['drivers/misc/new.c', 'include/linux/both.h']);
});

test('the objects of a directory that is not entered any more do not count, though its own list has them', (t) => {
  const read = { 'drivers/misc/old.o': ['/linux/drivers/misc/old.c'], 'drivers/net/a.o': ['/linux/drivers/net/a.c'] };
  const lists = {
    'drivers/misc/built-in.a': 'old.o',
    'drivers/net/built-in.a': 'a.o',
    'drivers/built-in.a': 'net/built-in.a',
  };
  t.deepEqual(sources(usedFiles(digest(read, lists), '/linux')), ['drivers/net/a.c']);
});

test('parts of a composite object, also by the list of a module, and whole paths as old trees write them', (t) => {
  const read = {
    'fs/x/a.o': ['/linux/fs/x/a.c'],
    'fs/x/b.o': ['/linux/fs/x/b.c'],
    'fs/x/gone.o': ['/linux/fs/x/gone.c'],
  };
  const composite = {
    'fs/x/x.o': 'fs/x/a.o fs/x/b.o',
    'fs/x/built-in.o': 'fs/x/x.o',
    'fs/built-in.o': 'fs/x/built-in.o',
  };
  t.deepEqual(sources(usedFiles(digest(read, composite), '/linux')), ['fs/x/a.c', 'fs/x/b.c']);
  const module = { 'fs/x/x.mod': 'fs/x/a.o fs/x/b.o', 'fs/x/x.o': 'fs/x/x.mod', 'fs/x/x.ko': 'fs/x/x.o fs/x/x.mod.o' };
  const built = { ...module, 'fs/x/built-in.a': 'other.o' };
  t.deepEqual(sources(usedFiles(digest(read, built), '/linux')), ['fs/x/a.c', 'fs/x/b.c']);
});

test('host programs, generated files and what is above count; files outside of the tree do not', (t) => {
  const read = {
    'scripts/mod/modpost.o': ['/linux/scripts/mod/modpost.c', '/usr/include/stdio.h'],
    'kernel/bounds.s': ['/linux/kernel/bounds.c', 'include/generated/autoconf.h', '../outside.h'],
    'arch/x86/boot/lib.o': ['/linux/arch/x86/boot/../../../lib/ctype.c'],
    config: ['init/Kconfig'],
  };
  t.deepEqual(usedFiles(digest(read, { 'scripts/mod/modpost': 'scripts/mod/modpost.o' }), '/linux'), [
    'arch/',
    'arch/x86/',
    'arch/x86/boot/',
    'include/generated/autoconf.h',
    'init/Kconfig',
    'kernel/',
    'kernel/bounds.c',
    'lib/ctype.c',
    'scripts/',
    'scripts/mod/',
    'scripts/mod/modpost.c',
  ]);
});

test('records that lie: circles, numbers of no file, lines of nothing', (t) => {
  const text = 'F /linux/a.c\nD x/a.o 1 7 -1 y\nL x/b.o x/a.o\nL x/a.o x/b.o\nQ\n\nL\nD';
  t.deepEqual(sources(usedFiles(text, '/linux')), []);
});
