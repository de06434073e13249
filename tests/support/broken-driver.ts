/**
 * A driver of one's own with one patch after it that breaks something: what a maintainer's first mistakes look like, on a
 * real kernel. The base and the driver are the same in each, so they are built once for each configuration.
 */
import type { ExecutionContext } from 'ava';
import { createTwoFilesPatch } from 'diff';
import type { Place } from './program.ts';
import { spoolDriver, spoolSeries } from './spool-series.ts';
import { steadyPlace } from './steady-place.ts';

export interface Broken {
  /** Lines of the driver that the patch replaces, each with what comes in its place. */
  readonly change?: Readonly<Record<string, string>>;
  readonly targets?: readonly string[];
  /** What the fragment of the driver says; nothing turns it on where there is none. */
  readonly fragment?: string;
  /** The fragment of a configuration `more`. */
  readonly more?: string;
  /** Lines of a target's entry under `machines`. */
  readonly machine?: string;
  /** Files beside the project's, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

const file = 'drivers/misc/spool.c';

function changed(change: NonNullable<Broken['change']>): string {
  const before = `${spoolDriver.join('\n')}\n`;
  const after = Object.entries(change).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the driver has no ${JSON.stringify(from)}`);
    return text.replace(from, () => to);
  }, before);
  const diff = createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after).replace(/^=+\n/, '');
  return `From: Ada Loom <ada@example.org>\nDate: Mon, 30 Nov 2026 22:10:00 +0000\nSubject: [PATCH 2/2] spool: break it\n\nFor trial.\n\nSigned-off-by: Ada Loom <ada@example.org>\n---\ndiff --git a/${file} b/${file}\n${diff}`;
}

/** A line of the driver's start at which something can be put in. */
export const atStart = '\tint error;\n\n';
/** A line in which the driver is read. */
export const atRead = '\treturn sysfs_emit(buffer, "%u\\n", length);\n';
export const heads = '#include <linux/kobject.h>\n';

/** A project of the driver and the broken patch on Linux 6.1. */
export async function brokenDriver(
  t: ExecutionContext,
  { change = {}, targets = ['x86_64'], fragment, more, machine, files = {} }: Broken,
): Promise<Place> {
  const place = await steadyPlace(t);
  const own = fragment === undefined ? '' : '        fragments: [{file: spool.config, from: add.patch}]\n';
  const isBroken = Object.keys(change).length > 0;
  await place.write('patches/add.patch', spoolSeries[0] ?? '');
  if (isBroken) await place.write('patches/break.patch', changed(change));
  await place.write('patches/series', isBroken ? 'add.patch\nbreak.patch\n' : 'add.patch\n');
  if (fragment !== undefined) await place.write('spool.config', fragment);
  if (more !== undefined) await place.write('more.config', more);
  for (const [name, text] of Object.entries(files)) await place.write(name, text);
  await place.write(
    'quiltboot.yaml',
    `version: 1
defaults: {series: spool, tree: linux-6.1, targets: [${targets.join(', ')}]}
trees:
  linux-6.1: {base: "6.1", debian: linux-source-6.1, fragments: [builtin]}
${machine === undefined ? '' : `machines:\n  x86_64: {${machine}}\n`}series:
  spool:
    trust: own
${'suites/spool.ts' in files ? '    suites: [suites/spool.ts]\n' : ''}    bases:
      "6.1":
        queue: patches
${own}        features: {spool: add.patch}
${more === undefined ? '' : 'configurations: {more: {"6.1": {all: [more.config]}}}\n'}`,
  );
  return place;
}
