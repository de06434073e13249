import path from 'node:path';
import { listDirectory } from '../../host/files/list.ts';
import { newestChange } from '../../host/files/usage.ts';
import { memoryOf, wholeOf } from '../../host/qemu/snapshots.ts';
import type { CachePaths, PieceKind } from '../../model/index.ts';

/** A piece as it lies on the disk. */
interface FoundPiece {
  readonly name: string;
  /** Absolute paths of everything that goes with it; the first one has to be there. */
  readonly paths: readonly string[];
  /** Files and directories whose times tell when it was used last. */
  readonly stamps: readonly string[];
  /** Absolute path of the lock that whoever works with it holds. */
  readonly lock?: string;
}

/** Names in a directory, each once; those that begin with a dot are being made. */
async function names(directory: string): Promise<string[]> {
  return (await listDirectory(directory)).filter((name) => !name.startsWith('.'));
}

function lockOf({ locks }: CachePaths, name: string): string {
  return path.join(locks, `${name}.lock`);
}

async function worktrees(cache: CachePaths): Promise<FoundPiece[]> {
  const all = new Set((await names(cache.worktrees)).map((name) => name.replace(/\.index(?:\.lock)?$/, '')));
  return [...all].map((name) => {
    const directory = path.join(cache.worktrees, name);
    const index = `${directory}.index`;
    return { name, paths: [directory, index], stamps: [directory, index], lock: lockOf(cache, `worktree-${name}`) };
  });
}

async function builds(cache: CachePaths): Promise<FoundPiece[]> {
  return (await names(cache.builds)).map((name) => {
    const root = path.join(cache.builds, name);
    const own = path.join(root, 'own');
    const stamps = [own, path.join(own, 'last-make'), path.join(own, 'running')];
    return { name, paths: [root], stamps, lock: lockOf(cache, `build-${name}`) };
  });
}

async function store(cache: CachePaths): Promise<FoundPiece[]> {
  const kinds = await names(cache.store);
  const lists = kinds.map(async (kind) =>
    (await names(path.join(cache.store, kind))).map((key) => {
      const directory = path.join(cache.store, kind, key);
      return { name: `${kind}/${key}`, paths: [directory], stamps: [directory] };
    }),
  );
  return (await Promise.all(lists)).flat();
}

async function snapshots(cache: CachePaths): Promise<FoundPiece[]> {
  const directory = path.join(cache.root, 'snapshots');
  const states = (await names(directory)).filter((name) => name.endsWith('.state'));
  return states.map((name) => {
    const file = path.join(directory, name);
    return { name, paths: [file, memoryOf(file), wholeOf(file), `${file}.json`], stamps: [file], lock: `${file}.lock` };
  });
}

async function trees(cache: CachePaths): Promise<FoundPiece[]> {
  const all = (await names(cache.trees)).filter((name) => /\.(?:git|partial)$/.test(name));
  return all.map((name) => {
    const directory = path.join(cache.trees, name);
    const lock = lockOf(cache, `tree-${name.replace(/\.\w+$/, '')}`);
    return { name, paths: [directory], stamps: [directory, path.join(directory, 'quiltboot.json')], lock };
  });
}

async function files(directory: string): Promise<FoundPiece[]> {
  return (await names(directory)).map((name) => {
    const file = path.join(directory, name);
    return { name, paths: [file], stamps: [file] };
  });
}

async function downloads(cache: CachePaths): Promise<FoundPiece[]> {
  const packages = (await files(path.join(cache.downloads, 'debian'))).map((one) => ({
    ...one,
    name: `debian/${one.name}`,
  }));
  return [...(await files(cache.downloads)).filter(({ name }) => name !== 'debian'), ...packages];
}

async function ccache(cache: CachePaths): Promise<FoundPiece[]> {
  const layers = (await names(cache.ccache)).filter((name) => !name.endsWith('.trimmed'));
  return Promise.all(
    layers.map(async (name) => {
      const directory = path.join(cache.ccache, name);
      // Whatever is stored changes a directory two levels below.
      const first = (await names(directory)).map((one) => path.join(directory, one));
      const second = await Promise.all(
        first.map(async (one) => (await names(one).catch(() => [])).map((two) => path.join(one, two))),
      );
      return { name, paths: [directory, `${directory}.trimmed`], stamps: [directory, ...first, ...second.flat()] };
    }),
  );
}

async function apt(cache: CachePaths): Promise<FoundPiece[]> {
  return files(path.join(cache.root, 'apt'));
}

/** How the pieces of each kind are found. */
const kinds: Readonly<Record<PieceKind, (cache: CachePaths) => Promise<readonly FoundPiece[]>>> = {
  worktrees,
  builds,
  store,
  snapshots,
  trees,
  images: ({ images }) => files(images),
  downloads,
  ccache,
  apt,
};

/** A piece with the time of its last use, in milliseconds of the epoch. */
export interface LocatedPiece extends FoundPiece {
  readonly kind: PieceKind;
  readonly used: number;
}

/** Everything that the cache holds, without its sizes. */
export async function locatePieces(cache: CachePaths): Promise<LocatedPiece[]> {
  const lists = Object.entries(kinds).map(async ([kind, find]) => {
    const found = await find(cache);
    return Promise.all(
      found.map(async (one) => ({ ...one, kind: kind as PieceKind, used: await newestChange(one.stamps) })),
    );
  });
  return (await Promise.all(lists)).flat();
}
