import { mkdir, readFile, stat } from 'node:fs/promises';
import test from 'ava';
import { workshop } from '../support/trees.ts';
import { archiveCases } from './corpus/archives.ts';
import type { HostileCase } from './corpus/case.ts';
import { guestCases } from './corpus/guests.ts';
import { mailCases } from './corpus/mails.ts';
import { patchCases } from './corpus/patches.ts';
import { serverCases } from './corpus/servers.ts';
import { textCases } from './corpus/texts.ts';

/**
 * Everything that somebody hostile tries, in one process. A case says why it comes to nothing; here it is seen that
 * nothing outside was touched and that no secret was printed. Cases that need a build are in tests/pipeline.
 */
const cases: readonly HostileCase[] = [
  ...patchCases,
  ...archiveCases,
  ...mailCases,
  ...guestCases,
  ...serverCases,
  ...textCases,
];

const secretText = 'a secret that nobody gave away';

for (const { kind, tries, contained, run } of cases) {
  test(`${kind}: ${tries}`, async (t) => {
    t.timeout(120_000);
    const shop = await workshop(t);
    await mkdir(shop.at('home'));
    const secret = await shop.write('home/secret', secretText);
    const outside = shop.at('home', 'outside');
    const outcome = await run({ t, shop, secret, outside });
    t.regex(outcome.slice(0, 2000), contained);
    t.false(outcome.includes(secretText), 'a secret was printed');
    t.is(await readFile(secret, 'utf8'), secretText);
    t.is(await stat(outside).catch(() => undefined), undefined, 'something came into being outside');
  });
}

test('there are cases of every kind', (t) => {
  const count: Record<string, number> = {};
  for (const { kind } of cases) count[kind] = (count[kind] ?? 0) + 1;
  t.log(count);
  t.true(cases.length >= 60);
  t.is(new Set(cases.map(({ kind, tries }) => `${kind} ${tries}`)).size, cases.length);
});
