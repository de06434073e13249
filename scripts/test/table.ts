/** Where the time of a test run went. */
import { existsSync, readFileSync } from 'node:fs';

export interface StepTime {
  readonly name: string;
  readonly seconds: number;
}

/** A line of tests/support/completion.ts. */
export interface FileTime {
  /** Relative to the project. */
  readonly file: string;
  readonly seconds: number;
  /** Seconds of CPU of its process and of all that it started and that has ended. */
  readonly cpu: number;
}

/** A line of harness/pipeline/kernel/record.ts. */
export interface BuildTime {
  readonly version: string;
  readonly target: string;
  readonly configuration: string;
  readonly point: number;
  readonly objects: number;
  readonly built: boolean;
  readonly ms: number;
}

/** The values of a file with one in JSON on each line; none when there is no such file. */
export function readLines<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}

/** The kernel of tests/fixtures/fake-linux. */
const miniature = '6.1.99';

const seconds = (value: number): string => value.toFixed(1).padStart(8);
const blank = ' '.repeat(9);

/** Files that took less are one row, so that what failed stays in sight. */
const slowSeconds = 2;

function fileRows(files: readonly FileTime[]): string[] {
  const slowest = [...files].sort((one, other) => other.seconds - one.seconds);
  const quick = slowest.filter((file) => file.seconds < slowSeconds);
  const total = (of: (file: FileTime) => number): number => quick.reduce((sum, file) => sum + of(file), 0);
  const row = (wall: number, cpu: number, name: string): string => `${seconds(wall)} ${seconds(cpu)}  ${name}`;
  return [
    ...slowest.filter((file) => !quick.includes(file)).map((file) => row(file.seconds, file.cpu, file.file)),
    ...(quick.length === 0
      ? []
      : [
          row(
            total((file) => file.seconds),
            total((file) => file.cpu),
            `${quick.length} files of less than ${slowSeconds} s`,
          ),
        ]),
  ];
}

function kernelRow({ version, target, configuration, point, objects, built, ms }: BuildTime): string {
  const what = `${version} ${target} ${configuration} point ${point}${built ? '' : ' (failed)'}`;
  return `${seconds(ms / 1000)} ${String(objects).padStart(8)}  ${what}`;
}

function kernelRows(builds: readonly BuildTime[]): string[] {
  const real = builds.filter(({ version }) => version !== miniature);
  const small = builds.filter(({ version }) => version === miniature);
  const time = small.reduce((sum, { ms }) => sum + ms / 1000, 0);
  const rest = small.length === 0 ? [] : [`${seconds(time)}${blank}  ${small.length} builds of the miniature tree`];
  return [...real.map(kernelRow), ...rest];
}

/** The table: the steps, each test file (the slowest first), and each kernel that was built. */
export function timeTable(run: {
  readonly steps: readonly StepTime[];
  readonly files: readonly FileTime[];
  readonly builds: readonly BuildTime[];
}): string {
  return [
    'where the time went',
    ` seconds${blank}  step`,
    ...run.steps.map(({ name, seconds: wall }) => `${seconds(wall)}${blank}  ${name}`),
    ' seconds  cpu sec  test file',
    ...fileRows(run.files),
    ' seconds  objects  kernel',
    ...(run.builds.length === 0 ? [`${blank}${blank} none was built`] : kernelRows(run.builds)),
  ].join('\n');
}
