/**
 * The import rules of harness/, as data. A folder may import itself and what is listed for it, nothing else.
 *
 * `packages` limits who may import a package or a Node module: everything not named in `restricted` is open to all.
 */
const pure = ['model'] as const;

export const layers: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['commands', 'pipeline', 'report', 'host', 'model', 'project'],
  'index.ts': ['pipeline', 'report', 'results', 'project', 'model', 'targets', 'series', 'kconfig', 'tree', 'guest'],
  suite: ['pipeline', 'guest', 'model'],
  commands: ['pipeline', 'project', 'report', 'results', 'targets', 'model'],
  pipeline: [
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
    'host',
    'model',
  ],
  project: pure,
  tree: pure,
  series: pure,
  kconfig: pure,
  make: pure,
  includes: pure,
  import: pure,
  targets: pure,
  guest: pure,
  results: pure,
  report: pure,
  bisect: pure,
  host: pure,
  model: [],
};

/** Modules that only the named folders (or files) may import. */
export const restricted: Readonly<Record<string, readonly string[]>> = {
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

/** Global objects that only the named folders (or files) may use. */
export const restrictedGlobals: Readonly<Record<string, readonly string[]>> = {
  process: ['main.ts', 'suite', 'host'],
  console: ['main.ts'],
  fetch: ['host'],
};
