import type { Rules } from './check.ts';

/**
 * The import rules of harness/, as data. A room is a folder (or a file) below harness/; the longest name that fits a file
 * is its room. It may import itself and what is listed for it, nothing else; `guest` lists every room below it too, but
 * `pipeline` is the few files that stand between the rooms of the pipeline, never the rooms.
 */
const pure = ['model'] as const;

/** Rules that need no machine: pure folders, each imports the model alone. */
const subjects = [
  'tree',
  'series',
  'kconfig',
  'make',
  'includes',
  'import',
  'targets',
  'guest',
  'results',
  'report',
  'bisect',
  'project',
] as const;

/** What every room of the pipeline stands on. */
const ground = [...subjects, 'host', 'model'] as const;

/** The rooms of the pipeline by storey, the lowest first: each may import those of the storeys below its own. */
export const storeys: readonly (readonly string[])[] = [
  ['guest', 'series', 'kernel'],
  ['tree', 'suite'],
  ['run', 'import'],
  ['bisect', 'includes'],
];

function pipelineRooms(): Record<string, readonly string[]> {
  const rooms: Record<string, readonly string[]> = {};
  const below: string[] = ['pipeline'];
  for (const storey of storeys) {
    const names = storey.map((name) => `pipeline/${name}`);
    for (const name of names) rooms[name] = [...ground, ...below];
    below.push(...names);
  }
  rooms['pipeline/doctor.ts'] = [...ground, 'pipeline/kernel'];
  rooms['pipeline/index.ts'] = [...below, 'pipeline/doctor.ts'];
  return rooms;
}

const layers: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['commands', 'pipeline/index.ts', 'report', 'host', 'model', 'project'],
  'index.ts': ['pipeline/index.ts', 'host', ...subjects, 'model'],
  suite: ['pipeline/suite', 'pipeline/guest', 'guest', 'model'],
  commands: ['pipeline/index.ts', ...subjects, 'model'],
  ...pipelineRooms(),
  pipeline: ground,
  ...Object.fromEntries(subjects.map((name) => [name, pure])),
  host: pure,
  model: [],
};

/** Files that hand on nothing but what stands in the named rooms: commands must not get at the machine by way of them. */
const doors: Readonly<Record<string, readonly string[]>> = {
  'pipeline/index.ts': ['pipeline'],
};

/** Modules that only the named rooms may import. */
const restricted: Readonly<Record<string, readonly string[]>> = {
  'node:child_process': ['host'],
  'node:fs': ['host'],
  'node:fs/promises': ['host'],
  'node:net': ['host'],
  'node:process': ['main.ts', 'suite', 'host'],
  'node:http': ['host'],
  'node:https': ['host'],
  execa: ['host'],
  undici: ['host'],
  tar: ['host'],
  ava: ['suite'],
};

/** Global objects that only the named rooms may use. */
const restrictedGlobals: Readonly<Record<string, readonly string[]>> = {
  process: ['main.ts', 'suite', 'host'],
  console: ['main.ts'],
  fetch: ['host'],
};

export const rules: Rules = { layers, doors, restricted, restrictedGlobals };
