import path from 'node:path';
import { readText } from '../../host/files/read.ts';
import { ensureDirectory, writeFileAtomic } from '../../host/files/write.ts';
import { gitTool, runGit } from '../../host/git/git.ts';
import { splitMail } from '../../host/git/patch.ts';
import { ownFile } from '../../host/make/build-directory.ts';
import { runProcess } from '../../host/process.ts';
import { readBuildLog } from '../../make/index.ts';
import type { CheckFinding } from '../../model/check.ts';
import {
  type ConfigureResult,
  type Context,
  defined,
  type Patch,
  type PreparedTree,
  type Source,
  type Target,
  type Toolchain,
} from '../../model/index.ts';
import { withConfiguration } from '../kernel/configuration.ts';
import { type ConfigureRequest, configure, type FragmentUse } from '../kernel/configure.ts';
import { kernelMake } from '../kernel/make.ts';
import { placeOf, withBuildPlace } from '../kernel/place.ts';
import { buildRoom } from '../kernel/room.ts';
import type { Worktree } from '../series/worktree.ts';

/** The point with the patch, or the one before it. */
export type When = 'before' | 'after';

/** What a command printed. */
export interface Printed {
  readonly exitCode: number | undefined;
  /** stdout and stderr together, as far as the sandbox keeps them together. */
  readonly text: string;
}

/** Everything that the checks of one series share. */
export interface CheckWorld {
  readonly tree: PreparedTree;
  readonly worktree: Pick<Worktree, 'points' | 'sources'>;
  readonly target: Target;
  readonly toolchain: Toolchain;
  readonly configuration: string | undefined;
  /** Fragments that hold at a point. */
  readonly fragments: (point: number) => readonly FragmentUse[];
  /** Options that patches behind a point bring. */
  readonly later: (point: number) => ReturnType<NonNullable<ConfigureRequest['later']>>;
  /** A repository with the history of the tree, where it comes from one. */
  readonly history: string | undefined;
  readonly context: Context;
}

/** The build directory of the checks: what they compile with other flags is nobody else's. */
const placeName = 'check';
/** Where the patch lies for the scripts of the tree. */
const patchName = 'check.patch';

/** A patch with what the checks need to know of it and of its trees. */
export class PatchAt {
  readonly patch: Patch;
  readonly point: number;
  /** The patch file as it is. */
  readonly text: string;
  /** The message below the subject. */
  readonly message: string;
  readonly diff: string;
  private readonly world: CheckWorld;

  private constructor(world: CheckWorld, patch: Patch, text: string, message: string, diff: string) {
    this.world = world;
    this.patch = patch;
    this.point = patch.index;
    this.text = text;
    this.message = message;
    this.diff = diff;
  }

  static async open(world: CheckWorld, patch: Patch): Promise<PatchAt> {
    const { body, diff } = await splitMail(patch.path, world.context.signal);
    const text = (await readText(patch.path)) ?? '';
    return new PatchAt(world, patch, text, body, Buffer.from(diff).toString('utf8'));
  }

  private source(when: When): Source | undefined {
    return this.world.worktree.sources[when === 'after' ? this.point : this.point - 1];
  }

  /** The text of a file of the tree; undefined where there is none. */
  async read(when: When, file: string): Promise<string | undefined> {
    const { tree, context } = this.world;
    const source = this.source(when);
    if (source === undefined) return undefined;
    const blob = ['cat-file', 'blob', `${source.id}:${file}`];
    const result = await runGit({ repository: tree.repository }, blob, { signal: context.signal });
    return result.exitCode === 0 ? result.stdout : undefined;
  }

  /** Files of the whole series' tree that hold a word. */
  async filesWith(word: string): Promise<string[]> {
    const { tree, worktree, context } = this.world;
    const last = worktree.sources.findLast((source) => source !== undefined);
    if (last === undefined) return [];
    const args = ['grep', '-lw', '-F', '-e', word, last.id, '--', '*.c', '*.h', '*.S'];
    const { stdout } = await runGit({ repository: tree.repository }, args, { signal: context.signal });
    return stdout.split('\n').flatMap((line) => line.slice(line.indexOf(':') + 1) || []);
  }

  /** Whether the tree comes with its history. */
  get hasHistory(): boolean {
    return this.world.history !== undefined;
  }

  /** The subject of a commit of the tree's history; undefined where there is no such commit. */
  async subjectOf(commit: string): Promise<string | undefined> {
    const { history, context } = this.world;
    if (history === undefined) return undefined;
    const args = ['log', '-1', '--format=%s', '--end-of-options', `${commit}^{commit}`];
    const result = await gitTool(history, args, { signal: context.signal });
    return result.exitCode === 0 ? result.stdout.trim() : undefined;
  }

  /**
   * Runs a command of the tree where builds run, in the tree as it is at a point; `patch` and `tree` are where it sees them.
   * The tree has to apply.
   */
  async run(
    when: When,
    argv: (places: { readonly patch: string; readonly tree: string }) => readonly [string, ...string[]],
  ): Promise<Printed> {
    const { context, target, toolchain } = this.world;
    const source = this.source(when);
    if (source === undefined) return { exitCode: undefined, text: 'the patches do not apply' };
    const worktree = await source.checkout();
    const place = placeOf(context, source, { target, toolchain }, placeName);
    return await withBuildPlace(context, place, source, async () => {
      await ensureDirectory(place.own);
      await ensureDirectory(place.directory);
      await writeFileAtomic(ownFile(place, patchName), this.text);
      const { places, wrap } = await buildRoom({ source, worktree, place, target, toolchain }, context);
      const words = argv({ patch: path.posix.join(places.own, patchName), tree: places.worktree });
      const inTree = ['/bin/sh', '-c', 'cd "$0" && exec "$@"', places.worktree, ...words] as const;
      const result = await runProcess({ argv: await wrap(inTree), signal: context.signal, timeoutMs: 5 * 60_000 });
      return { exitCode: result.timedOut ? undefined : result.exitCode, text: `${result.stdout}\n${result.stderr}` };
    });
  }

  /**
   * Compiles objects at a point with other variables of make, and says what the compiler says of them. Undefined where one
   * of them does not compile, or nothing can be configured.
   *
   * @param objects relative to the tree, at least one
   */
  async compile(
    when: When,
    [goal, ...moreGoals]: readonly [string, ...string[]],
    variables: Readonly<Record<string, string>>,
  ): Promise<readonly CheckFinding[] | undefined> {
    const { context, target, toolchain, fragments, later, configuration } = this.world;
    const source = this.source(when);
    if (source === undefined) return undefined;
    const common = { source, target, toolchain, ...defined({ configuration }) };
    const point = when === 'after' ? this.point : this.point - 1;
    const asked = { ...common, fragments: fragments(point), later: () => later(point) };
    const configured: ConfigureResult = await configure(asked, context);
    const config = (await readText(configured.config ?? '')) ?? '';
    if (configured.outcome !== 'pass' || config === '') return undefined;
    const worktree = await source.checkout();
    const place = placeOf(context, source, { target, toolchain }, placeName);
    return await withBuildPlace(context, place, source, async () => {
      const logFile = ownFile(place, 'check.log');
      await ensureDirectory(place.own);
      await writeFileAtomic(logFile, '');
      const made = await kernelMake(
        {
          ...{ source, worktree, place, target, toolchain, goal, logFile, ...withConfiguration(config) },
          ...(moreGoals.length === 0 ? {} : { moreGoals }),
          variables: () => variables,
        },
        context,
      );
      if (!made.succeeded) return undefined;
      const { findings } = readBuildLog((await readText(logFile)) ?? '', made.room.places);
      return findings.map(({ diagnostic: { file, line, message, option } }) => ({
        ...defined({ file, line }),
        text: option === undefined ? message : `${message} [${option}]`,
        severity: 'warning' as const,
      }));
    });
  }
}
