import { readText } from '../../host/files/read.ts';
import { diffPaths, splitMail } from '../../host/git/patch.ts';
import {
  defined,
  type Patch,
  type Series,
  type SeriesSpec,
  type SourceLocation,
  suggest,
  UserError,
} from '../../model/index.ts';
import { checkPatch } from '../../series/check.ts';
import { diffContent } from '../../series/content.ts';
import { messageIdOf, parseMailInfo } from '../../series/mail.ts';
import { writeGitQueue } from './git-queue.ts';
import { type QueueFile, readQueueFile } from './queue.ts';

/** Stands for a patch where a feature needs none. */
const ofTheTree = 'base';

/**
 * Reads the quilt queue of a series: its patches' heads, the paths that they touch, and what the project file says of
 * it, resolved to patch indices and files. A specification without a directory is the empty series.
 *
 * Throws UserError, with file and line where there is one, for anything in the queue that can't be used.
 */
export async function readSeries(
  spec: SeriesSpec,
  signal: AbortSignal = new AbortController().signal,
): Promise<Series> {
  if (spec.git !== undefined && spec.directory !== undefined) await writeGitQueue(spec.directory, spec.git, signal);
  const patches = spec.directory === undefined ? [] : await readQueue(spec.directory, spec, signal);
  const indexOf = (name: string, what: string, location: SourceLocation | undefined): number => {
    const patch = patches.find((candidate) => candidate.name === name);
    if (patch !== undefined) return patch.index;
    const names = patches.map((candidate) => candidate.name);
    throw new UserError(`${what} of series ${spec.name} names the patch ${name}, which is not in the series`, {
      code: 'QB-QUEUE',
      hint: suggest(name, names),
      ...place(location ?? spec.location),
    });
  };
  return {
    name: spec.name,
    ...defined({ directory: spec.directory }),
    patches,
    fragments: spec.fragments.map((fragment) => ({
      path: fragment.path,
      from: fragment.from === undefined ? 0 : indexOf(fragment.from, `fragment ${fragment.path}`, fragment.location),
    })),
    features: Object.fromEntries(
      Object.entries(spec.features).map(([feature, { patch, location }]) => [
        feature,
        patch === ofTheTree ? 0 : indexOf(patch, `feature ${feature}`, location),
      ]),
    ),
    suites: spec.suites,
    ...defined({ dialect: spec.dialect, dialectLocation: spec.dialectLocation, fuzz: spec.fuzz, trust: spec.trust }),
    ...(spec.uncovered === undefined ? {} : { uncovered: uncoveredRules(spec.uncovered, patches, indexOf) }),
    ...(spec.variant === undefined
      ? {}
      : {
          variant: {
            ...spec.variant,
            from: indexOf(spec.variant.from, `variant ${spec.variant.name}`, spec.variant.location),
          },
        }),
    ...place(spec.location),
  };
}

function uncoveredRules(
  rules: NonNullable<SeriesSpec['uncovered']>,
  patches: readonly Patch[],
  indexOf: (name: string, what: string, location: SourceLocation | undefined) => number,
): NonNullable<Series['uncovered']> {
  if (typeof rules === 'string') return Object.fromEntries(patches.map(({ index }) => [index, rules] as const));
  return Object.fromEntries(
    Object.entries(rules).map(([name, { rule, location }]) => [indexOf(name, 'uncovered', location), rule] as const),
  );
}

function place(location: SourceLocation | undefined): { location?: SourceLocation } {
  return location === undefined ? {} : { location };
}

async function readQueue(directory: string, spec: SeriesSpec, signal: AbortSignal): Promise<Patch[]> {
  const patches: Patch[] = [];
  const entries = await readQueueFile(directory, `series ${spec.name}`, spec.location);
  for (const [index, entry] of entries.entries()) patches.push(await readPatch(entry, index + 1, signal));
  return patches;
}

async function readPatch(entry: QueueFile, index: number, signal: AbortSignal): Promise<Patch> {
  const mail = await splitMail(entry.path, signal);
  const { paths, problem } = await diffPaths(mail.diff, signal);
  const diff = Buffer.from(mail.diff).toString('utf8');
  // Git takes the brackets off a title, which tell a cover letter.
  const raw = diff.trim() === '' ? /^Subject: (.*)$/m.exec((await readText(entry.path)) ?? '')?.[1] : undefined;
  const files = checkPatch({ file: entry.path, diff, paths, problem, ...defined({ subject: raw }) });
  return {
    index,
    name: entry.name,
    path: entry.path,
    ...parseMailInfo(mail.head, entry.name),
    files,
    hash: mail.hash,
    content: diffContent(diff),
    ...defined({ messageId: messageIdOf((await readText(entry.path)) ?? '') }),
  };
}
