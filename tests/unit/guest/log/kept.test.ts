import test from 'ava';
import fc from 'fast-check';
import { createLogReader } from '../../../../harness/guest/log/index.ts';
import { createKeptLines } from '../../../../harness/guest/log/kept.ts';

const texts = fc.array(fc.constantFrom('', 'spool', 'thread is wound\r', 'fädeln', 'x'.repeat(9000)), { minLength: 1 });

test('lines are kept in their order, however they are added, and while their bytes are still shared', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(texts, fc.boolean(), fc.nat(3))), (blocks) => {
      const kept = createKeptLines();
      const lines: string[] = [];
      for (const [block, asText, cuts] of blocks) {
        const bytes = Buffer.from(block.map((line) => `${line}\n`).join(''));
        if (asText) for (const line of block) kept.add(line.replace('\r', ''));
        else {
          let from = 0;
          for (const line of block) {
            const to = from + Buffer.byteLength(line) + 1;
            kept.addBytes(bytes, from, to, 1);
            from = to;
            if (cuts === 1) kept.settle();
          }
        }
        lines.push(...block.map((line) => line.replace('\r', '')));
        for (const index of [0, lines.length - block.length, lines.length - 1])
          t.is(kept.at(index), lines[index], `line ${index}`);
        t.is(kept.at(lines.length), undefined);
        if (cuts === 2) t.deepEqual(kept.from(lines.length - 1), lines.slice(-1));
        kept.settle();
        bytes.fill(0);
      }
      t.deepEqual(kept.from(0), lines);
      t.is(kept.count(), lines.length);
    }),
    { numRuns: 60 },
  );
});

test('the memory of pushed bytes may be used again, and old lines give theirs to new ones', (t) => {
  const reader = createLogReader({ wrapsLog: false });
  const chunk = Buffer.alloc(65_536);
  const rounds = 120;
  for (let round = 0; round < rounds; round += 1) {
    const line = `[   31.415926] spool ${round} is wound\n`;
    chunk.fill(line);
    chunk[chunk.length - 1] = 10;
    reader.push(chunk);
  }
  const lines = reader.lines();
  t.true(lines.length < reader.lineCount());
  const numbers = lines.flatMap((line) => /spool (\d+) is wound$/.exec(line)?.slice(1) ?? []).map(Number);
  t.deepEqual(
    numbers,
    [...numbers].sort((one, other) => one - other),
  );
  t.is(numbers.at(-1), rounds - 1);
  t.is(reader.linesFrom(reader.lineCount() - 5).length, 5);
});
