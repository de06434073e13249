/**
 * The container series on the real kernel, and after it one patch for each way to go wrong: what tests of verdicts on the
 * real tree have in common. The kernel that they begin with is the one that every other test uses, so each of them
 * compiles only the file that its patches change.
 */
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { applyPatch, createTwoFilesPatch, parsePatch } from 'diff';
import { type Place, root } from './program.ts';
import { steadyPlace } from './steady-place.ts';

/** The queue that the variants are made of. */
export const wholeQueue = path.join(root, 'patches/container/6.1');
/** Its patches, which all of them begin with. */
export const own: readonly string[] = readFileSync(path.join(wholeQueue, 'series'), 'utf8').trim().split('\n');
const file = 'kernel/container/tasks.c';

/** A replacement in kernel/container/tasks.c, as a patch of its own. */
export interface Change {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

const ascends = '\treturn pa < pb ? -1 : pa > pb;\n';
const descends = '\treturn pa > pb ? -1 : pa < pb;\n';
/** How one pid is shown. */
export const shows = 'seq_printf(sf, "%d\\n", *(pid_t *)v);\n';
/** Where declarations of a file's own level can stand. */
export const level = 'static void tasks_release(';

/** Each changes what the one before it has left. */
const changes: readonly Change[] = [
  { name: 'descending', from: ascends, to: descends },
  { name: 'half-of-the-pid', from: shows, to: shows.replace('pid_t', 'unsigned short') },
  { name: 'ascending-again', from: descends, to: ascends },
  { name: 'whole-pid-again', from: shows.replace('pid_t', 'unsigned short'), to: shows },
  { name: 'not-used', from: level, to: `static int tasks_not_used;\n\n${level}` },
  { name: 'used', from: 'static int tasks_not_used;\n\n', to: '' },
  {
    name: 'panics',
    from: level,
    to: `static int __init tasks_init(void)\n{\n\tpanic("tasks: no");\n}\nlate_initcall(tasks_init);\n\n${level}`,
  },
  { name: 'boots-again', from: '\tpanic("tasks: no");\n', to: '\treturn 0;\n' },
  { name: 'does-not-build', from: '\treturn 0;\n}\nlate_initcall', to: '\treturn tasks_missing();\n}\nlate_initcall' },
];

/** The point of a change of {@link brokenProject}. */
export const pointOf = (name: string): number => own.length + 1 + changes.findIndex((change) => change.name === name);
/** The first point after all changes, whose patch does not apply. */
export const afterAll = own.length + changes.length + 1;

/** What the series makes of a file that it creates. */
export async function madeByOwn(name: string): Promise<string> {
  let text = '';
  for (const patch of own) {
    const mail = await readFile(path.join(wholeQueue, patch), 'utf8');
    const diff = mail.slice(mail.indexOf('\ndiff --git ') + 1).replace(/^-- \n[\s\S]*/m, '');
    for (const part of parsePatch(diff).filter(({ newFileName }) => newFileName === `b/${name}`)) {
      const next = applyPatch(text, part);
      if (next === false) throw new Error(`${patch} does not apply to ${name}`);
      text = next;
    }
  }
  return text;
}

/** A mail-formatted patch that makes one text of a file of another. */
export function patchMail(subject: string, name: string, before: string, after: string): string {
  const hunks = createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after).replace(/^=+\n/, '');
  return `From: Somebody <somebody@example.org>\nSubject: [PATCH] ${subject}\n\n---\ndiff --git a/${name} b/${name}\n${hunks}`;
}

/** Patches by their names, each on top of those before it, the first on top of {@link own}. */
export async function patchesFor(
  t: ExecutionContext,
  wanted: readonly Change[],
): Promise<{ readonly patches: Map<string, string>; readonly text: string }> {
  const patches = new Map<string, string>();
  let text = await madeByOwn(file);
  for (const { name, from, to } of wanted) {
    t.is(text.split(from).length, 2, `${name}: what it changes stands in the file once`);
    const changed = text.replace(from, () => to);
    patches.set(`${name}.patch`, patchMail(name, file, text, changed));
    text = changed;
  }
  return { patches, text };
}

/** One patch for each way to go wrong. */
export async function breakingPatches(t: ExecutionContext): Promise<ReadonlyMap<string, string>> {
  const { patches, text } = await patchesFor(t, changes);
  patches.set('does-not-apply.patch', patchMail('elsewhere', file, 'a line\n', 'another line\n'));
  return patches.set('never.patch', patchMail('never', file, text, `${text}\n`));
}

/** The first patches of the container series, and more after them. */
export async function writeQueue(
  place: Place,
  first: readonly string[],
  more: ReadonlyMap<string, string>,
): Promise<void> {
  const patches = path.join(place.directory, 'patches');
  await mkdir(patches, { recursive: true });
  for (const name of first) await copyFile(path.join(wholeQueue, name), path.join(patches, name));
  for (const [name, patch] of more) await place.write(`patches/${name}`, patch);
  await place.write('patches/series', `${[...first, ...more.keys()].join('\n')}\n`);
}

const fragments = ['container', 'container-ns', 'container-cpuset', 'container-cpuacct', 'container-debug'];
const bringers = ['framework', 'clone', 'cpusets', 'cpuacct', 'debug'];

/**
 * A project whose queue is still to be written, for tests that run one after the other.
 *
 * @param first the patches of the container series that its queue will have
 */
export async function realProject(t: ExecutionContext, first: readonly string[] = own): Promise<Place> {
  const place = await steadyPlace(t);
  const kconfig = path.join(root, 'kconfig/6.1');
  const uses = fragments.flatMap((name, index) => {
    const from = `container-${bringers[index]}.patch`;
    return first.includes(from) ? [`{file: ${kconfig}/${name}.config, from: ${from}}`] : [];
  });
  await place.write(
    'quiltboot.yaml',
    `version: 1
defaults: {series: container, tree: linux-6.1, targets: [x86_64, s390x]}
trees:
  linux-6.1:
    base: "6.1"
    debian: linux-source-6.1
    fragments: [${kconfig}/base.config]
    targetFragments: {x86_64: [${kconfig}/x86_64.config], s390x: [${kconfig}/s390x.config]}
series:
  container:
    trust: own
    dialect: container
    suites: [${path.join(root, 'tests/suites/container/tasks.ts')}]
    bases:
      "6.1":
        queue: patches
        fragments: [${uses.join(', ')}]
    features:
      containers: container-framework.patch
      test-subsystems: container-framework.patch
      tasks: container-tasks-file.patch
      opener-checked: container-tasks-file.patch
      fork-exit: container-fork-exit-hooks.patch
`,
  );
  return place;
}

/** The project with one patch for each way to go wrong. */
export async function brokenProject(t: ExecutionContext): Promise<Place> {
  const place = await realProject(t);
  await writeQueue(place, own, await breakingPatches(t));
  return place;
}

/** The project with these changes after the series. */
export async function changedProject(t: ExecutionContext, wanted: readonly Change[]): Promise<Place> {
  const place = await realProject(t);
  await writeQueue(place, own, (await patchesFor(t, wanted)).patches);
  return place;
}
