import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';
import { cachePaths } from '../../harness/host/files/paths.ts';
import {
  type Context,
  defined,
  type Event,
  type SeriesSpec,
  type TreeRecipe,
  type TreeSource,
} from '../../harness/model/index.ts';
import { readSeries } from '../../harness/pipeline/series/read.ts';
import { openWorktree } from '../../harness/pipeline/series/worktree.ts';
import { fetchTree } from '../../harness/pipeline/tree/fetch.ts';

/** A cache, a place for sources, and every event that was emitted. */
export interface Workshop {
  readonly directory: string;
  readonly context: Context;
  readonly events: Event[];
  /** Texts of the notes so far. */
  notes(): string[];
  abort(): void;
  /** Absolute path of a file below the directory. */
  at(...names: string[]): string;
  write(name: string, text: string | Uint8Array): Promise<string>;
}

/** A temporary directory with a cache in it, gone when the test ends. */
export async function workshop(t: ExecutionContext): Promise<Workshop> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-trees-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const events: Event[] = [];
  const controller = new AbortController();
  const at = (...names: string[]): string => path.join(directory, ...names);
  return {
    directory,
    events,
    context: {
      cache: cachePaths({}, at('cache')),
      emit: (event) => events.push(event),
      signal: controller.signal,
      jobs: 2,
      guests: 2,
      fresh: false,
    },
    notes: () => events.flatMap((event) => (event.type === 'note' ? [event.text] : [])),
    abort: () => controller.abort(),
    at,
    async write(name, text) {
      await mkdir(path.dirname(at(name)), { recursive: true });
      await writeFile(at(name), text);
      return at(name);
    },
  };
}

/** Numbered lines, so that each has a place of its own. */
export function lines(count: number, name: string): string {
  return Array.from({ length: count }, (_, index) => `${name} ${index + 1}\n`).join('');
}

/** What a kernel's source is to this program, in a few files. CR LF, a binary and an ignored file must survive. */
export async function miniatureKernel(shop: Workshop, name = 'linux-6.1'): Promise<string> {
  const makefile = 'VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 99\nEXTRAVERSION = -mini\n';
  await shop.write(`${name}/Makefile`, makefile);
  await shop.write(`${name}/kernel/fork.c`, lines(60, 'fork'));
  await shop.write(`${name}/kernel/sched.c`, lines(60, 'sched'));
  await shop.write(`${name}/mm/slab.c`, lines(60, 'slab'));
  await shop.write(`${name}/dos.txt`, 'one\r\ntwo\r\n$Id$\n');
  await shop.write(
    `${name}/logo.bin`,
    Uint8Array.from({ length: 256 }, (_, index) => index),
  );
  await shop.write(`${name}/.gitignore`, '*.o\n');
  await shop.write(`${name}/firmware.o`, 'not ignored\n');
  await shop.write(`${name}/.gitattributes`, '* text=auto eol=crlf ident\n*.c filter=upper\n');
  await shop.write(`${name}/scripts/run.sh`, '#!/bin/sh\n');
  await chmod(shop.at(name, 'scripts/run.sh'), 0o755);
  await symlink('../kernel', shop.at(name, 'scripts/link'));
  return shop.at(name);
}

export async function tarball(shop: Workshop, tree: string, flag: string, name: string): Promise<string> {
  const file = shop.at(name);
  await execa(
    'tar',
    ['-c', flag, '-f', file, '-C', path.dirname(tree), path.basename(tree)].filter((arg) => arg !== ''),
  );
  return file;
}

export function recipe(source: TreeSource, more: Partial<TreeRecipe> = {}): TreeRecipe {
  const rest = { patches: [], toolchain: 'default', fragments: [], targetFragments: {} };
  return { name: 'mini', base: '6.1', source, ...rest, ...more };
}

export function spec(directory: string | undefined, more: Partial<SeriesSpec> = {}): SeriesSpec {
  const rest = { fragments: [], features: {}, suites: [], dialect: 'none' };
  return { name: 'mini', base: '6.1', ...defined({ directory }), ...rest, ...more };
}

/** The base of a prepared tree, checked out. */
export async function checkedOut(t: ExecutionContext, shop: Workshop, wanted: TreeRecipe): Promise<string> {
  const tree = await fetchTree(wanted, shop.context);
  const worktree = await openWorktree(
    { tree, series: await readSeries(spec(undefined, { name: 'none' })) },
    shop.context,
  );
  t.teardown(() => worktree.close());
  return (await worktree.sources[0]?.checkout()) ?? '';
}

export interface LineChange {
  readonly file: string;
  /** Line that is replaced, and the name that all lines of the file carry. */
  readonly line: number;
  readonly name: string;
  readonly to: string;
  /** What the patch believes to stand there; the truth when not given. */
  readonly from?: string;
}

/** A unified diff that replaces single lines of files made by `lines(60, …)`. */
export function diffOf(...changes: readonly LineChange[]): string {
  return changes
    .map(({ file, line, name, to, from }) => {
      const around = (offset: number): string => ` ${name} ${line + offset}\n`;
      const before = [-3, -2, -1].map(around).join('');
      const after = [1, 2, 3].map(around).join('');
      const head = `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n`;
      const hunk = `@@ -${line - 3},7 +${line - 3},7 @@\n`;
      return `${head}${hunk}${before}-${from ?? `${name} ${line}`}\n+${to}\n${after}`;
    })
    .join('');
}

/** A patch as git sends it by mail. */
export function mail(subject: string, diff: string, body = `Why ${subject} is good.\n`): string {
  return `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: =?UTF-8?q?J=C3=B6rg=20Tester?= <joerg@example.org>
Date: Mon, 1 Jan 2024 10:00:00 +0100
Subject: [PATCH 1/9] ${subject}
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

${body}
Signed-off-by: Jörg Tester <joerg@example.org>
---
 some | 2 +-

${diff}-- 
2.39.2
`;
}

/** Writes a quilt queue; the `series` file lists the patches in the order given. */
export async function queue(shop: Workshop, name: string, patches: Readonly<Record<string, string>>): Promise<string> {
  for (const [file, text] of Object.entries(patches)) await shop.write(path.join(name, file), text);
  await shop.write(path.join(name, 'series'), Object.keys(patches).join('\n'));
  return shop.at(name);
}

export const forkChange: LineChange = { file: 'kernel/fork.c', line: 10, name: 'fork', to: 'fork ten' };
export const schedChange: LineChange = { file: 'kernel/sched.c', line: 20, name: 'sched', to: 'sched twenty' };
export const slabChange: LineChange = { file: 'mm/slab.c', line: 30, name: 'slab', to: 'slab thirty' };

/** How a tarball may be compressed, and the option of tar for it. */
export const tarEndings = { xz: '-J', bz2: '-j', gz: '-z', zst: '--zstd', plain: '' };

/** A bare repository with the tag v1 on a directory's content. */
export async function repository(shop: Workshop, source: string): Promise<string> {
  const bare = shop.at('linux.git');
  const env = {
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'x',
    GIT_AUTHOR_EMAIL: 'x',
    GIT_COMMITTER_NAME: 'x',
    GIT_COMMITTER_EMAIL: 'x',
  };
  const git = async (...args: string[]): Promise<unknown> =>
    execa('git', ['--git-dir', bare, '--work-tree', source, ...args], { env });
  await execa('git', ['init', '-q', '--bare', '-b', 'main', bare], { env });
  await writeFile(path.join(bare, 'info', 'attributes'), '* -text -ident !filter\n');
  await git('add', '-A', '-f');
  await git('commit', '-q', '-m', 'one');
  await git('tag', '-a', 'v1', '-m', 'one');
  return bare;
}
