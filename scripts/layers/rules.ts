import type { Openers, Rules } from './check.ts';

/**
 * The import rules of harness/, as data. A room is a folder (or a file) below harness/; the longest name that fits a file
 * is its room. It may import itself and what is listed for it, nothing else; `guest` lists every room below it too, but
 * `pipeline` is the few files that stand between the rooms of the pipeline, never the rooms.
 */
const pure = ['model'] as const;

/** Rules that need no machine: pure folders, each imports the model alone. */
const subjects = [
  'cache',
  'checks',
  'coverage',
  'tree',
  'series',
  'kconfig',
  'make',
  'includes',
  'import',
  'targets',
  'guest',
  'ktap',
  'kselftest',
  'kunit',
  'results',
  'report',
  'bisect',
  'plan',
  'project',
] as const;

/** What every room of the pipeline stands on. */
const ground = [...subjects, 'host', 'host/queue.ts', 'model'] as const;

/** The rooms of the pipeline by storey, the lowest first: each may import those of the storeys below its own. */
export const storeys: readonly (readonly string[])[] = [
  ['guest', 'series', 'kernel', 'cache'],
  ['tree', 'suite'],
  ['run', 'import'],
  ['bisect', 'includes', 'check'],
];

function pipelineRooms(): Record<string, readonly string[]> {
  const rooms: Record<string, readonly string[]> = {};
  const below: string[] = ['pipeline'];
  for (const storey of storeys) {
    const names = storey.map((name) => `pipeline/${name}`);
    for (const name of names) rooms[name] = [...ground, ...below];
    below.push(...names);
  }
  rooms['pipeline/doctor.ts'] = [...ground, 'pipeline/kernel', 'pipeline/guest'];
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
  'host/queue.ts': pure,
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
  bullmq: ['host/queue.ts'],
  ioredis: ['host/queue.ts'],
};

/** Global objects that only the named rooms may use. */
const restrictedGlobals: Readonly<Record<string, readonly string[]>> = {
  process: ['main.ts', 'suite', 'host'],
  console: ['main.ts'],
  fetch: ['host'],
};

/**
 * What a patch, an archive or a compiler may have named or made is opened by host/files/hostile.ts alone; everything else
 * here opens files of ours or of the user.
 */
const openers: Openers = {
  modules: ['node:fs', 'node:fs/promises'],
  functions: [
    ...['open', 'openSync', 'openAsBlob', 'readFile', 'readFileSync', 'createReadStream', 'createWriteStream'],
    ...['copyFile', 'copyFileSync', 'cp', 'cpSync', 'appendFile', 'appendFileSync'],
  ],
  files: {
    'host/files/hostile.ts': 'the door itself',
    'host/files/read.ts': 'files of ours and of the user',
    'host/files/stream.ts': 'logs of the user, read in pieces',
    'host/files/spool.ts': 'a scratch file of ours',
    'host/files/write.ts': 'files of ours',
    'host/files/hash.ts': 'files of ours',
    'host/files/follow.ts': 'the log of a command of ours',
    'host/files/bounded-log.ts': 'logs of ours',
    'host/files/lock.ts': 'locks of ours',
    'host/files/owner.ts': 'files of /proc',
    'host/files/run-directory.ts': 'stored runs',
    'host/files/scratch.ts': 'names of this machine',
    'host/process.ts': 'the log of a command of ours',
    'host/machine.ts': 'files of the system',
    'host/shared/directory.ts': 'copies an entry of ours',
    'host/shared/entry.ts': 'copies of entries, in a scratch directory of ours',
    'host/shared/web.ts': 'downloads of ours',
    'host/make/machine-state.ts': 'files of the system',
    'host/make/build-directory.ts': 'copies a log of ours',
    'host/make/jobserver.ts': 'a pipe of ours',
    'host/qemu/qemu.ts': 'a log of ours',
    'host/qemu/snapshots.ts': 'snapshots of ours',
    'host/qemu/sockets.ts': 'snapshots of ours',
    'host/fetch/archive.ts': 'downloads of ours; what is unpacked is only listed',
    'host/fetch/http.ts': 'downloads of ours',
    'host/fetch/signature.ts': 'downloads of ours',
    'host/git/pack.ts': 'packs of ours',
    'host/git/store.ts': 'opens what lstat calls a plain file, and follows no link',
    'host/mail/plain.ts': 'mailboxes that the user names',
  },
};

/** More rooms of the pipeline that know each other than a reader can keep in mind are a violation. */
export const mostArrows = 40;

export const rules: Rules = { layers, doors, restricted, restrictedGlobals, openers };
