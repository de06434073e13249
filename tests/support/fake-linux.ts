import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cachePaths } from '../../harness/host/files/paths.ts';
import type { Context, Event, Origin, Source, Toolchain } from '../../harness/model/index.ts';

const fakeLinux = path.resolve(import.meta.dirname, '../fixtures/fake-linux');

export const gcc: Toolchain = { name: 'gcc', cc: 'gcc', hostcc: 'gcc', flags: [], targetFlags: {}, hostFlags: [] };

/** A directory of its own for one test, with a copy of the fake kernel tree and an empty cache. */
export class Workshop {
  readonly directory: string;
  readonly tree: string;
  readonly events: Event[] = [];
  checkouts = 0;

  private constructor(directory: string) {
    this.directory = directory;
    this.tree = path.join(directory, 'tree');
  }

  static async open(): Promise<Workshop> {
    const workshop = new Workshop(await mkdtemp(path.join(tmpdir(), 'quiltboot-build-')));
    await cp(fakeLinux, workshop.tree, { recursive: true });
    return workshop;
  }

  close(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }

  context(changes: Partial<Context> = {}): Context {
    return {
      cache: cachePaths({}, path.join(this.directory, 'cache')),
      emit: (event) => this.events.push(event),
      signal: new AbortController().signal,
      jobs: 2,
      guests: 1,
      fresh: false,
      ...changes,
    };
  }

  /** Replaces text in a file of the tree, like a patch would. */
  async edit(file: string, from: string, to: string): Promise<void> {
    const before = await readFile(path.join(this.tree, file), 'utf8');
    if (!before.includes(from)) throw new Error(`${file} does not contain ${from}`);
    await writeFile(
      path.join(this.tree, file),
      before.replace(from, () => to),
    );
  }

  async write(file: string, text: string): Promise<string> {
    const whole = path.join(this.directory, file);
    await mkdir(path.dirname(whole), { recursive: true });
    await writeFile(whole, text);
    return whole;
  }

  /** A fragment, as stages take them. */
  async fragment(text: string, name = 'test.config'): Promise<{ path: string }[]> {
    return [{ path: await this.write(name, text) }];
  }

  /** A command that stands before the real one of that name in the PATH that is returned. */
  async tool(name: string, script: string): Promise<string> {
    const file = await this.write(`bin/${name}`, `#!/bin/sh\n${script}`);
    await chmod(file, 0o755);
    return path.dirname(file);
  }

  /** What the user vouches for. */
  own(): Origin {
    return { kind: 'own', id: 'own-test', tree: 'tree' };
  }

  /** A series of others on the tree. */
  static series(name: string): Origin {
    return { kind: 'series', id: `series-${name}`, tree: 'tree' };
  }

  /** The tree as it is now. */
  async source(point = 0, origin: Origin = this.own()): Promise<Source> {
    const hash = createHash('sha256');
    for (const entry of (await readdir(this.tree, { recursive: true, withFileTypes: true }))
      .map((one) => path.join(one.parentPath, one.name))
      .sort()) {
      hash.update(`${path.relative(this.tree, entry)}\0`);
      hash.update(await readFile(entry).catch(() => ''));
    }
    return {
      point,
      id: hash.digest('hex'),
      kernelVersion: '6.1.99',
      base: '6.1',
      origin,
      checkout: () => {
        this.checkouts += 1;
        return Promise.resolve(this.tree);
      },
    };
  }
}
