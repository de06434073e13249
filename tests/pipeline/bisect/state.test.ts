import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type { BisectPoint, Observation } from '../../../harness/model/index.ts';
import { openBisectState } from '../../../harness/pipeline/bisect/state.ts';
import { workshop } from '../../support/trees.ts';

const point: BisectPoint = { key: '3', label: 'point 3', commit: 'abc', subject: 'do this' };
const bad: Observation = {
  sign: 'bad',
  summary: 'panic',
  excerpt: ['Kernel panic'],
  log: 'logs/3.log',
  settled: false,
  took: { build: 12, boot: 3 },
};
const good: Observation = { sign: 'good', summary: 'it boots', excerpt: [], settled: true };

test('a bisection finds what it has observed before, unless it is to start over', async (t) => {
  const shop = await workshop(t);
  const directory = shop.at('bisect');
  const state = await openBisectState(directory, 'mine', shop.context);
  t.is(state.tries.size, 0);
  await state.add(point, bad);
  await state.add(point, good);
  const again = await openBisectState(directory, 'mine', shop.context);
  t.deepEqual([...again.tries], [['3', { point, observations: [bad, good] }]]);
  t.is((await openBisectState(directory, 'mine', { ...shop.context, fresh: true })).tries.size, 0);
  t.deepEqual(shop.notes(), []);
});

for (const [what, damage] of Object.entries({
  'is cut': (text: string) => text.slice(0, text.length / 2),
  'has a sign that no observation has': (text: string) => text.replace('"bad"', '"worse"'),
  'is of another version': (text: string) => text.replace(/"format": ?1/, '"format": 7'),
})) {
  test(`a bisection whose state ${what} says so and starts over`, async (t) => {
    const shop = await workshop(t);
    const directory = shop.at('bisect');
    await (await openBisectState(directory, 'mine', shop.context)).add(point, bad);
    const file = path.join(directory, 'state.json');
    const text = await readFile(file, 'utf8');
    t.not(damage(text), text);
    await writeFile(file, damage(text));
    const state = await openBisectState(directory, 'mine', shop.context);
    t.is(state.tries.size, 0);
    t.regex(shop.notes().join('\n'), /state\.json is damaged, or of another version; the bisection starts over$/);
    await state.add(point, good);
    t.is((await openBisectState(directory, 'mine', shop.context)).tries.size, 1);
  });
}
