import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { runProcess } from '../../../harness/host/process.ts';
import { cachingCompiler } from '../../../harness/make/index.ts';

test('ccache is asked for C only, and not where bytes of another file come in', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'quiltboot-ccache-'));
  try {
    const write = (name: string, text: string): Promise<void> => writeFile(path.join(directory, name), text);
    await write('cc', cachingCompiler);
    for (const tool of ['ccache', 'gcc']) {
      await write(tool, `#!/bin/sh\necho ${tool} "$@"\n`);
      await chmod(path.join(directory, tool), 0o755);
    }
    await write('fork.c', 'int fork;\n');
    await write('config data.c', 'asm(".incbin \\"config_data.gz\\"");\n');
    await write('piggy.S', '.incbin "vmlinux.bin.gz"\n');
    const compile = async (...words: string[]): Promise<string> => {
      const env = { PATH: `${directory}:/usr/bin:/bin` };
      const end = await runProcess({ argv: ['sh', 'cc', 'gcc', ...words], cwd: directory, env });
      t.is(end.stderr, '');
      return end.stdout.trim();
    };
    t.is(await compile('-c', '-o', 'fork.o', 'fork.c'), 'ccache gcc -c -o fork.o fork.c');
    t.is(await compile('-c', '-o', 'x.o', 'config data.c'), 'gcc -c -o x.o config data.c');
    t.is(await compile('-c', '-o', 'piggy.o', 'piggy.S'), 'gcc -c -o piggy.o piggy.S');
    t.is(await compile('--version'), 'ccache gcc --version');
    // Kconfig has the compiler read a program from its input, which is not the script's to read.
    t.is(await compile('-E', '-x', 'c', '-'), 'ccache gcc -E -x c -');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
