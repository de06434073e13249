/**
 * What a kernel gets wrong first when its compiler has misunderstood it: copies of every length from and to every
 * place, and how values are cut up and printed. Run it on kernels of different compilers and levels of optimisation.
 */
import type { ExecutionContext } from 'ava';
import { suite } from 'quiltboot/suite';

const { test } = suite({ timeoutMs: 120_000 });

/** Around the sizes of words, registers, cache lines and pages, where copying code changes its ways. */
const lengths = [...Array.from({ length: 42 }, (_, index) => index), 63, 64, 65, 255, 256, 257, 4095, 4096, 4097, 8193];

/** Printable text in which no two places of a page look alike. */
function textOf(length: number, seed: number): string {
  const words = Array.from({ length: Math.ceil(length / 4) }, (_, index) => (index * 7919 + seed).toString(36));
  return words
    .map((word) => word.padStart(4, '.').slice(-4))
    .join('')
    .slice(0, length);
}

function same(t: ExecutionContext, actual: string, expected: string, what: string): void {
  // Not t.is(): it would list the texts of some hundred comparisons that hold.
  if (actual !== expected) t.is(actual, expected, what);
}

test('a file keeps pieces of every length at every place, and what is around them', async (t, { guest }) => {
  const background = textOf(3 * 4096, 1);
  await guest.write('/pieces', background, { create: true });
  const file = await guest.open('/pieces', 'rw');
  let expected = background;
  for (const place of [0, 1, 2, 3, 5, 7, 4090]) {
    for (const length of lengths.filter((each) => place + each <= background.length)) {
      const piece = textOf(length, place + length);
      await file.seek(place);
      t.is(await file.write(piece), length);
      expected = expected.slice(0, place) + piece + expected.slice(place + length);
      await file.seek(place);
      same(t, length === 0 ? '' : await file.read(length), piece, `${length} bytes at ${place}`);
    }
    same(t, await guest.read('/pieces'), expected, `the file after the pieces at ${place}`);
  }
  await file.close();
});

test('a pipe passes on text of every length', async (t, { guest }) => {
  for (const length of lengths) {
    const input = textOf(length, length);
    const { stdout, status } = await guest.run({ argv: ['cat'], stdin: input });
    t.is(status, 0);
    same(t, stdout, input, `${length} bytes`);
  }
});

test('names of every length are found again', async (t, { guest }) => {
  await guest.mkdir('/names');
  const names = Array.from({ length: 255 }, (_, index) => textOf(index + 1, 11).replaceAll('.', '_'));
  for (const name of names) await guest.write(`/names/${name}`, name, { create: true });
  t.deepEqual((await guest.readdir('/names')).toSorted(), names.toSorted());
  for (const name of names) same(t, await guest.read(`/names/${name}`), name, `the file ${name}`);
});

test('signed and unsigned numbers of every width are read and printed', async (t, { guest }) => {
  // What the kernel parses, keeps and prints by itself.
  const file = '/proc/sys/kernel/msgmax';
  const before = await guest.read(file);
  for (const value of [0, 1, 9, 10, 255, 256, 32_767, 65_535, 65_536, 1_000_000_007, 2_147_483_647]) {
    await guest.write(file, String(value));
    t.is(await guest.read(file), `${value}\n`);
  }
  await guest.write(file, before);
  const child = await guest.fork();
  const fields = (await guest.read(`/proc/${child.pid}/stat`)).split(' ');
  t.is(Number(fields[0]), child.pid);
  t.is(Number(fields[3]), guest.pid);
  await child.exit(0);
});
