import test from 'ava';
import { checkLayers, roomArrows } from '../../../scripts/layers/check.ts';
import { sharedNames } from '../../../scripts/layers/names.ts';
import { rules as own, storeys } from '../../../scripts/layers/rules.ts';

const rules = {
  layers: { low: [], high: ['low'], 'high/upper': ['low', 'high'], 'high/index.ts': ['low', 'high', 'high/upper'] },
  doors: { 'high/index.ts': ['high'] },
  restricted: { 'node:fs': ['low'] },
  restrictedGlobals: { process: ['low'] },
  openers: { modules: ['node:fs'], functions: ['open'], files: { 'low/a.ts': 'its reason' } },
};

/** A folder that keeps every rule; each case below changes one file of it. */
const good = {
  'low/a.ts': `import fs from 'node:fs';\nexport const a = () => process.cwd() + fs.sep;\n`,
  'high/b.ts': `import { a } from '../low/a.ts';\nexport const b = a;\n`,
  'high/upper/c.ts': `import { b } from '../b.ts';\nexport const c = b;\n`,
  'high/index.ts': `export { c } from './upper/c.ts';\n`,
};

const check = (change: Readonly<Record<string, string>> = {}): string[] =>
  checkLayers(new Map(Object.entries({ ...good, ...change })), rules);

test('a folder that keeps the rules has no violation', (t) => {
  t.deepEqual(check(), []);
});

const broken: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  [
    'a room that imports what stands above it',
    { 'low/a.ts': `import { b } from '../high/z.ts';` },
    /^low\/a\.ts:1:1: low may not import high \(allowed: nothing\)$/,
  ],
  [
    'a folder that imports from a room inside it which stands higher',
    { 'high/b.ts': `export { z } from './upper/z.ts';` },
    /^high\/b\.ts:1:1: high may not import high\/upper/,
  ],
  [
    'an import by call',
    { 'low/a.ts': `export const late = () => import('../high/z.ts');` },
    /^low\/a\.ts:1:27: low may not import high/,
  ],
  [
    'a type by import()',
    { 'low/a.ts': `export type B = import('../high/z.ts').B;` },
    /^low\/a\.ts:1:17: low may not import high/,
  ],
  [
    'a module of another room',
    { 'high/b.ts': `import { readFile } from 'node:fs';` },
    /^high\/b\.ts:1:1: "node:fs" may be imported by low only$/,
  ],
  [
    'a global of another room',
    { 'high/b.ts': `\nexport const b = process.pid;` },
    /^high\/b\.ts:2:18: the global "process" may be used by low only$/,
  ],
  [
    'a file that opens others by name without a reason',
    { 'low/d.ts': `import { open as read, type Stats, stat } from 'node:fs';` },
    /^low\/d\.ts:1:1: "open" of "node:fs" opens files by name/,
  ],
  [
    'everything of a module that opens files',
    { 'low/d.ts': `import * as fs from 'node:fs';` },
    /^low\/d\.ts:1:1: "\*" of "node:fs" opens files by name/,
  ],
  ['a file without a room', { 'attic/d.ts': '' }, /^attic\/d\.ts:1:1: no room for this file/],
  [
    'a door that hands on what stands outside',
    { 'high/index.ts': `export { a } from '../low/a.ts';` },
    /^high\/index\.ts:1:1: high\/index\.ts may hand on what stands in high only, not low\/a\.ts$/,
  ],
  [
    'a circle of values',
    { 'low/a.ts': `import { d } from './d.ts';`, 'low/d.ts': `import { a } from './a.ts';` },
    /circle: low\/a\.ts -> low\/d\.ts -> low\/a\.ts$/,
  ],
  [
    'a circle of types',
    { 'low/a.ts': `import type { D } from './d.ts';`, 'low/d.ts': `import type { A } from './a.ts';` },
    /circle: low\/a\.ts -> low\/d\.ts -> low\/a\.ts$/,
  ],
];

for (const [title, change, expected] of broken) {
  test(`${title} is a violation`, (t) => {
    const problems = check(change);
    t.is(problems.length, 1, problems.join('\n'));
    t.regex(problems[0] ?? '', expected);
  });
}

test('arrows between rooms are counted once', (t) => {
  const twice = {
    'high/upper/d.ts': `import { b } from '../b.ts';`,
    'high/upper/e.ts': `import { b } from '../b.ts';`,
  };
  t.deepEqual(roomArrows(new Map(Object.entries({ ...good, ...twice })), rules, 'high'), ['high/upper -> high']);
});

test('no room of the pipeline reaches its own storey or one above', (t) => {
  for (const [level, names] of storeys.entries()) {
    const notBelow = storeys.slice(level).flat();
    for (const name of names) {
      const allowed = own.layers[`pipeline/${name}`] ?? [];
      for (const other of notBelow) t.false(allowed.includes(`pipeline/${other}`), `${name} -> ${other}`);
    }
  }
});

test('a name that two files export means two things; what a file hands on is one', (t) => {
  const shared = (files: Readonly<Record<string, string>>): string[] => sharedNames(new Map(Object.entries(files)));
  t.deepEqual(shared({ 'a.ts': 'export const one = 1;', 'index.ts': "export { one } from './a.ts';" }), []);
  t.deepEqual(shared({ 'a.ts': 'export interface One {}', 'b.ts': 'interface One {}' }), []);
  for (const again of ['export type one = 1;', 'export function one() {}', 'export const two = 2, one = 1;']) {
    t.regex(
      shared({ 'a.ts': 'export const one = 1;', 'b.ts': again })[0] ?? '',
      /^b\.ts:1:\d+: a\.ts exports "one" as well$/,
    );
  }
});
