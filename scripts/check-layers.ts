/** Checks every import of harness/ against scripts/layers/rules.ts; prints file:line for each one that goes up or sideways. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { glob } from 'zx';
import { checkLayers, roomArrows } from './layers/check.ts';
import { sharedNames } from './layers/names.ts';
import { mostArrows, rules } from './layers/rules.ts';

const harness = path.resolve(import.meta.dirname, '..', 'harness');
const names = (await glob('**/*.ts', { cwd: harness })).sort();
const sources = new Map(
  await Promise.all(names.map(async (name) => [name, await readFile(path.join(harness, name), 'utf8')] as const)),
);
const arrows = roomArrows(sources, rules, 'pipeline');
const problems = [...checkLayers(sources, rules), ...sharedNames(sources)];
if (arrows.length > mostArrows)
  problems.push(`pipeline: ${arrows.length} arrows between rooms, at most ${mostArrows}: ${arrows.join(', ')}`);
for (const problem of problems) console.error(`harness/${problem}`);
console.log(
  `layers: ${names.length} files, ${problems.length} violations; the pipeline has ${arrows.length} arrows between rooms`,
);
process.exitCode = problems.length > 0 ? 1 : 0;
