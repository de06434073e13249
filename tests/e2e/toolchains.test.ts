import test, { type ExecutionContext } from 'ava';
import { withCrossTools } from '../support/cross-tools.ts';
import { detail } from '../support/detail.ts';
import { fakeCommand } from '../support/path-without.ts';
import { changeSched, fakeProject, latestRun, mail, type Place, schedLine } from '../support/program.ts';

const fine = mail('say more', changeSched(schedLine, 'say("log sched: set");'));
const careless = mail(
  'leave something behind',
  changeSched('say("log sched: set");', '#ifdef FAKE_CLANG', 'static int left_behind;', '#endif'),
);

/** A machine with gcc-12 and clang-14, which are the machine's own compiler with another name. */
async function open(
  t: ExecutionContext,
  patches: Readonly<Record<string, string>>,
  version = '12.2.0',
): Promise<Place> {
  const place = await withCrossTools(await fakeProject(t, patches), {});
  const bin = place.env['PATH'] ?? '';
  const says = (text: string): string => `[ "$1" = --version ] && { echo "${text}"; exit 0; }\n`;
  await fakeCommand(bin, 'gcc-12', `${says(`gcc-12 (Debian) ${version}`)}exec gcc "$@"`);
  // ccache asks a clang for colours by an option that gcc has not.
  const plain = 'for word; do shift; [ "$word" = -fcolor-diagnostics ] || set -- "$@" "$word"; done';
  await fakeCommand(bin, 'clang-14', `${says('Debian clang version 14.0.6')}${plain}\nexec gcc -DFAKE_CLANG "$@"`);
  await fakeCommand(bin, 'ld.lld-14', 'exec ld "$@"');
  for (const tool of ['ar', 'nm', 'objcopy', 'objdump', 'readelf', 'strip'])
    await fakeCommand(bin, `llvm-${tool}-14`, `exec ${tool} "$@"`);
  return place;
}

test('two compilers are two columns; a warning that one of them gives alone is said to be its own', async (t) => {
  const place = await open(t, { 'one.patch': fine, 'two.patch': careless });
  const { code, out, err } = await place.run('build', '--toolchain', 'gcc-12,clang-14');
  t.is(code, 1, err);
  t.regex(out, /x86_64\/gcc-12\s+x86_64\/clang-14/);
  t.regex(out, /1\s+one\.patch\s+pass build\s+pass build/);
  t.regex(out, /2\s+two\.patch\s+pass build\s+FAIL build/);
  t.regex(out, /x86_64\/clang-14: build \(clang-14 only: good on x86_64\/gcc-12\)/);
  t.regex(out, /left_behind/);
  t.regex(out, /reproduce: quiltboot build mine .*--target x86_64 .*--toolchain clang-14/);
  const run = await latestRun(place);
  t.deepEqual(run.machines?.['x86_64/clang-14'], {
    endian: 'little',
    bits: 64,
    target: 'x86_64',
    toolchain: 'clang-14',
    compiler: 'clang-14',
  });
  const last = run.cells.find(({ point, target }) => point === 1 && target === 'x86_64/clang-14');
  t.is(last?.logs['build.log'], 'cells/1-x86_64-clang-14/build.log');
});

test('a toolchain that cannot be: unknown, missing, or not for this target', async (t) => {
  const place = await open(t, { 'one.patch': fine });
  const unknown = await place.run('build', '--toolchain', 'clan-14');
  t.is(unknown.code, 2);
  t.regex(unknown.err, /there is no toolchain "clan-14"; did you mean "clang-14"\?/);
  t.regex(unknown.err, /apt-get install --no-install-recommends clang-14/);

  await place.write(
    'linux/scripts/min-tool-version.sh',
    'case "$1" in\nllvm)\n\tif [ "$SRCARCH" = s390 ]; then\n\t\techo 15.0.0\n\telse\n\t\techo 11.0.0\n\tfi\n\t;;\nesac\n',
  );
  const words = ['--target', 'x86_64,s390x', '--toolchain', 'gcc-12,clang-14', '--points', '1'];
  const { code, out, err } = await place.run('build', ...words);
  t.is(code, 69, err);
  t.regex(err, /not run: clang-14 is 14\.0\.6, and this tree wants 15\.0\.0 or newer for s390x/);
  t.regex(err, /no compiler for s390x\/gcc-12: .* binutils-s390x-linux-gnu gcc-12-s390x-linux-gnu/);
  t.regex(out, /one\.patch\s+pass build\s+pass build\s+INFRA configure\s+not run/);

  const tested = await place.run('test', '--toolchain', 'gcc-12,clang-14');
  t.regex(tested.err, /the series mine has no suites/, 'several are no mistake of its own');
  const bisect = await place.run('bisect', '--build', '--toolchain', 'gcc-12,clang-14');
  t.is(bisect.code, 2);
  t.regex(bisect.err, /this command takes one toolchain, not gcc-12, clang-14/);
});

detail('a compiler of another version makes another kernel', async (t) => {
  const place = await open(t, { 'one.patch': fine });
  const built = async (): Promise<boolean[]> => {
    t.is((await place.run('build', '--toolchain', 'gcc-12', '--points', '1')).code, 0);
    return (await latestRun(place)).cells.map(({ reused }) => reused);
  };
  t.deepEqual(await built(), [false]);
  t.deepEqual(await built(), [true]);
  await fakeCommand(
    place.env['PATH'] ?? '',
    'gcc-12',
    '[ "$1" = --version ] && { echo "gcc-12 (Debian) 12.3.0"; exit 0; }\nexec gcc "$@"',
  );
  t.deepEqual(await built(), [false]);
});
