import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { GuestContents, Series } from '../../../harness/model/index.ts';
import { unnamedInputs } from '../../../harness/pipeline/run/unnamed-inputs.ts';

type Request = Parameters<typeof unnamedInputs>[0];

const series: Series = { name: 'probes', patches: [], fragments: [], features: { probe: 1 }, suites: [] };
const reel = { name: 'reel', parameters: ['depth=2'] };

/** A project in a directory of its own, whose guests get a file, a program and a module. */
async function requestIn(t: ExecutionContext, file = 'a file'): Promise<Request & { readonly guest: GuestContents }> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'unnamed-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  await mkdir(path.join(directory, 'data'));
  await writeFile(path.join(directory, 'data', 'one'), file);
  await writeFile(path.join(directory, 'prodder.c'), 'int main(void) { return 0; }\n');
  const guest: GuestContents = {
    programs: {
      prodder: { name: 'prodder', sources: [path.join(directory, 'prodder.c')], flags: [], libc: 'klibc' },
    },
    files: [{ from: path.join(directory, 'data'), to: 'data' }],
    modules: [reel],
  };
  return { project: { guest }, series, suites: [], guest };
}

test('where the files of a project lie changes nothing', async (t) => {
  t.is(await unnamedInputs(await requestIn(t)), await unnamedInputs(await requestIn(t)));
});

test('whatever guests get, and whatever is said of a series, makes another input', async (t) => {
  const plain = await requestIn(t);
  const { guest } = plain;
  const programs = { prodder: { ...guest.programs['prodder'], flags: ['-DDEEP'] } } as GuestContents['programs'];
  const others: Readonly<Record<string, Request>> = {
    'a file of other content': await requestIn(t, 'another file'),
    'a flag of a program': { ...plain, project: { guest: { ...guest, programs } } },
    'no module': { ...plain, project: { guest: { programs: guest.programs, files: guest.files } } },
    'a parameter of a module': {
      ...plain,
      project: { guest: { ...guest, modules: [{ ...reel, parameters: ['depth=3'] }] } },
    },
    'a module that stays': { ...plain, project: { guest: { ...guest, modules: [{ ...reel, stays: true }] } } },
    'a feature from a later patch': { ...plain, series: { ...series, features: { probe: 2 } } },
    'a dialect': { ...plain, series: { ...series, dialect: 'other' } },
    fuzz: { ...plain, series: { ...series, fuzz: 2 } },
    'a patch that need not be covered': { ...plain, series: { ...series, uncovered: { 1: 'allow' } } },
    'a variant': { ...plain, series: { ...series, variant: { name: 'no-fix', from: 1 } } },
  };
  const names = new Map([[await unnamedInputs(plain), 'the plain one']]);
  for (const [what, request] of Object.entries(others)) {
    const key = await unnamedInputs(request);
    t.is(names.get(key), undefined, what);
    names.set(key, what);
  }
});
