import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { type CommandResult, nodeBinary, runProcess } from '../../../harness/host/process.ts';
import { buildLimits } from '../../../harness/model/index.ts';
import { landlock, onLandlock } from '../../support/landlock.ts';

/** What code finds that is shut in with Landlock, where there are no namespaces. */

interface Place {
  /** Absolute; holds everything below, and is closed itself. */
  readonly root: string;
  readonly source: string;
  readonly build: string;
  readonly temporary: string;
  /** A file of the user's. */
  readonly secret: string;
  /** The argument list that runs a shell script in the sandbox. */
  wrap(script: string): [string, ...string[]];
}

async function open(t: ExecutionContext): Promise<Place> {
  t.timeout(120_000);
  const root = await mkdtemp(path.join(os.tmpdir(), 'landlock-'));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  const [source, build, temporary] = ['source', 'build', 'temporary'].map((name) => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const directory of [source, build, temporary]) await mkdir(directory);
  const secret = path.join(root, 'secret');
  await writeFile(secret, 'a secret\n', { mode: 0o600 });
  await writeFile(path.join(source, 'file'), 'a source\n');
  return {
    root,
    source,
    build,
    temporary,
    secret,
    wrap: (script) => {
      if (typeof landlock === 'string') throw new Error(landlock);
      return landlock.wrap({
        argv: ['bash', '-c', script],
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', S: source, B: build, SECRET: secret, R: root },
        mounts: [
          { from: source, at: source, writable: false },
          { from: build, at: build, writable: true },
        ],
        temporary,
        limits: buildLimits,
      });
    },
  };
}

function inside(place: Place, script: string): Promise<CommandResult> {
  return runProcess({ argv: place.wrap(script), timeoutMs: 60_000 });
}

/** What must be refused, each a shell command; it prints the reason. */
const refused: readonly (readonly [string, string])[] = [
  ['a file of the user is read', 'cat $SECRET'],
  ['the directory of the user is listed', 'ls $R'],
  ['the root is listed', 'ls /'],
  ['processes are listed', 'ls /proc'],
  ['the environment of another process is read', 'cat /proc/$PPID/environ'],
  ['the command line of another process is read', 'cat /proc/$PPID/cmdline'],
  ['settings of the system are read', 'cat /etc/passwd'],
  ['a file is read by way of another process', 'cat /proc/$PPID/root$SECRET'],
  ['a link leads to a file of the user', 'ln -sf $SECRET $B/link; cat $B/link'],
  ['a file is made elsewhere', 'echo x >$R/new'],
  ['a file is made in /tmp', 'echo x >/tmp/landlock-was-here'],
  ['a file of the user is written', 'echo x >>$SECRET'],
  ['a file of the user is cut', 'truncate -s 0 $SECRET'],
  ['a source is written', 'echo x >>$S/file'],
  ['a source is removed', 'rm -f $S/file'],
  ['a source is renamed into the build', 'mv $S/file $B/stolen'],
  ['a source gets a second name', 'ln $S/file $B/hard'],
  ['the mode of a file of the user is changed', 'chmod 777 $SECRET'],
  ['the mode is changed through a link', 'ln -sf $SECRET $B/mode; chmod 777 $B/mode'],
  ['the mode of a source is changed', 'chmod 777 $S/file'],
  ['the mode is changed through an open file', 'perl -e \'open F,"<",shift; chmod(0777,*F) or die $!\' $S/file'],
  ['the mode is changed by the name of an open file', 'exec 9<$S/file; chmod 777 /dev/fd/9'],
  ['the time of a source is changed', 'touch -c -d 2001-01-01 $S/file'],
  ['the time of a file of the user is changed', 'perl -e "utime(5,5,shift) or die \\$!" $SECRET'],
  ['a device is made', 'mknod $B/device c 1 3'],
  ['something is mounted', 'mount -t tmpfs none $B'],
  ['a namespace is made', 'unshare -Ur true'],
  ['another process gets a signal', 'kill -0 $PPID'],
  ['the first process gets a signal', 'kill -TERM 1'],
  ['another process gets other limits', 'prlimit --pid $PPID --cpu=1:1'],
  ['other processes make way', 'renice -n 19 -u 0'],
  ['there is a network', 'exec 9<>/dev/tcp/127.0.0.1/1'],
  ['datagrams are sent', 'exec 9<>/dev/udp/127.0.0.1/9'],
  [
    'a socket of the user is used',
    'perl -MSocket -e \'socket(S,AF_UNIX,SOCK_STREAM,0) or die "socket $!"; connect(S,pack_sockaddr_un(shift)) or die $!\' $R/socket',
  ],
  [
    'an abstract socket is used',
    'perl -MSocket -e \'socket(S,AF_UNIX,SOCK_STREAM,0) or die "socket $!"; connect(S,pack_sockaddr_un("\\0".shift)) or die $!\' $R',
  ],
  ['datagrams go to a socket of the user', "perl -MSocket -e 'socket(S,AF_UNIX,SOCK_DGRAM,0) or die $!'"],
  ['memory of others is shared', 'ipcmk -M 4096'],
];

onLandlock('nothing but what was named can be opened, changed, reached or disturbed', async (t) => {
  const place = await open(t);
  const server = net.createServer((socket) => socket.destroy()).listen(path.join(place.root, 'socket'));
  const abstract = net.createServer((socket) => socket.destroy()).listen(`\0${place.root}`);
  t.teardown(() => {
    server.close();
    abstract.close();
  });
  await chmod(path.join(place.root, 'socket'), 0o777);
  const script = refused.map(([, command], index) => `echo "== ${index} $( (${command}) 2>&1 >/dev/null; echo " $?")"`);
  const { stdout } = await inside(place, script.join('\n'));
  const words = /Permission denied|Operation not permitted|not permitted|cross-device|unknown|failed/i;
  for (const [index, [what]] of refused.entries()) {
    const told = stdout.split(/^== /m).find((one) => one.startsWith(`${index} `)) ?? '';
    t.regex(told, words, `${what}: ${told}`);
    t.notRegex(told, / 0\s*$/, `${what}: ${told}`);
  }
  t.is(await readFile(place.secret, 'utf8'), 'a secret\n');
  t.is((await stat(place.secret)).mode & 0o777, 0o600);
  t.true((await stat(place.secret)).mtimeMs > 1e12);
  t.deepEqual((await readdir(place.source)).sort(), ['file']);
  t.is((await stat(path.join(place.source, 'file'))).mode & 0o002, 0);
  t.deepEqual((await readdir(place.root)).sort(), ['build', 'secret', 'socket', 'source', 'temporary']);
  t.notRegex(stdout, /a secret\n/);
});

onLandlock('what a build needs works', async (t) => {
  const place = await open(t);
  const script = [
    'cd $B && cat $S/file && pwd',
    'echo "int main(void){return 0;}" >a.c && gcc -pipe -o a a.c && ./a && echo compiled',
    'install -m 755 a b && cp -p b c && ./c && touch -d 2001-01-01 c && stat -c %Y-%a c',
    'ln -s c d && cp -a d e && mkdir f && mv c f/ && ln b hard && chmod 4700 b && stat -c %a b && chown 0:0 b',
    'printf "all:\\n\\t@echo made\\n" >Makefile && make --output-sync=target --no-print-directory',
    'cat <(echo substituted) && nice -n 5 true && echo $(mktemp) | grep -c "^$TMPDIR/"',
    'mkfifo pipe && (cat pipe & echo piped >pipe; wait)',
  ].join(' &&\n');
  const result = await inside(place, script);
  const expected = ['a source', place.build, 'compiled', '978307200-755', '700', 'made', 'substituted', '1', 'piped'];
  t.deepEqual(result.stdout.trim().split('\n'), expected);
  t.is(result.exitCode, 0);
  t.is((await inside(place, 'exit 7')).exitCode, 7);
  t.is((await inside(place, 'kill -9 $$')).exitCode, 137);
  t.is((await inside(place, 'bash -c "kill -9 -1"; sleep 60')).exitCode, 137);
  const { stdout } = await inside(place, 'ulimit -u');
  t.true(Number(stdout) > buildLimits.processes, stdout);
});

/** Ids of the processes that have a word in their command line. */
async function running(word: string): Promise<string[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    names.map(async (name) => [name, await readFile(`/proc/${name}/cmdline`, 'latin1').catch(() => '')] as const),
  );
  return lines.flatMap(([name, line]) => (line.split('\0').includes(word) ? [name] : []));
}

async function until(what: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await what()) return true;
    await sleep(50);
  }
  return false;
}

onLandlock('everything that was started ends with the command', async (t) => {
  const place = await open(t);
  const word = `7${process.pid}.1`;
  const daemons = `for i in 1 2 3; do (setsid nohup sleep ${word} >/dev/null 2>&1 &) ; done`;
  const { exitCode } = await inside(place, `${daemons}; sleep 0.1`);
  t.is(exitCode, 0);
  t.deepEqual(await running(word), []);
});

onLandlock('everything ends with each process of ours that is killed, and with quiltboot', async (t) => {
  const place = await open(t);
  const word = `8${process.pid}.1`;
  const script = `(setsid sleep ${word} &); exec sleep ${word}`;
  const argv = place.wrap(script);
  for (const level of [0, 1]) {
    const child = spawn(argv[0], argv.slice(1), { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    t.true(await until(async () => (await running(word)).length === 2));
    const first = child.pid ?? 0;
    const below = await readFile(`/proc/${first}/task/${first}/children`, 'utf8');
    process.kill(level === 0 ? first : Number.parseInt(below, 10), 'SIGKILL');
    await ended;
    t.true(await until(async () => (await running(word)).length === 0), `level ${level}`);
  }
  const text = `import { spawn } from 'node:child_process';
const [command, ...args] = ${JSON.stringify(argv)};
spawn(command, args, { stdio: 'ignore', detached: true });
setTimeout(() => {}, 60_000);`;
  const parent = spawn(nodeBinary, ['--input-type=module', '-e', text], { stdio: 'ignore' });
  t.true(await until(async () => (await running(word)).length === 2));
  parent.kill('SIGKILL');
  t.true(await until(async () => (await running(word)).length === 0));
});

onLandlock('whoever is in there has no capabilities, and can get none', async (t) => {
  const place = await open(t);
  const child = spawn(place.wrap('')[0], place.wrap(`exec sleep 9${process.pid}.1`).slice(1), { stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  t.true(await until(async () => (await running(`9${process.pid}.1`)).length === 1));
  const [pid = ''] = await running(`9${process.pid}.1`);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  for (const name of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) t.regex(status, new RegExp(`^${name}:\\s+0+$`, 'm'));
  t.regex(status, /^NoNewPrivs:\s+1$/m);
  t.regex(status, /^Seccomp:\s+2$/m);
});
