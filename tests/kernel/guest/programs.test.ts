import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { kernelTimeoutMs, testKernels } from '../../support/kernels.ts';
import { emptyPlace, latestRun, placeIn } from '../../support/program.ts';

const draw = `
#include <fcntl.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>
int main(void)
{
	unsigned char bytes[8];
	struct timeval now;
	int fd = open("/dev/urandom", O_RDONLY);
	printf("1..1\\n%s 1 - draws\\n# ", read(fd, bytes, 8) == 8 ? "ok" : "not ok");
	for (int i = 0; i < 8; i++)
		printf("%02x", bytes[i]);
	gettimeofday(&now, 0);
	printf(" %ld\\n", (long)now.tv_sec);
	return 0;
}
`;

const bare = `
#include "sys.h"
#include "text.h"
int main(int argc, char **argv)
{
	text_tell("pid", sys0(getpid));
	return argc == 2 && text_equal(argv[0], "bare") && text_value(argv[1]) == 41 ? 0 : 3;
}
`;

const project = `version: 1
defaults: {series: mine, tree: none, targets: [x86_64]}
trees: {none: {base: "6.1", directory: linux}}
programs: {draw: {c: draw.c}, bare: {c: bare.c, libc: none}}
files: {/etc/reel/turns: turns}
series:
  mine:
    suites:
      - program: {run: draw, pass: tap, name: one}
      - program: {run: draw, pass: tap, name: two}
      - program: {run: ./wind.sh}
      - program: {run: bare 41}
    bases: {"6.1": {}}
`;

for (const { target, image } of testKernels()) {
  test(`programs of the project run in guests, each with randomness and time of its own: ${target.name}`, async (t) => {
    t.timeout(kernelTimeoutMs);
    const own = await emptyPlace(t);
    const { directory } = own;
    // The cache of all tests: nothing is built here, and packages are there already.
    const place = placeIn(directory, { NO_COLOR: '1' });
    await own.write('quiltboot.yaml', project);
    const started = Math.floor(Date.now() / 1000);
    // Other bytes each time, not another comment: the same binary would have its results of an earlier run from the store.
    await own.write('draw.c', draw.replace('1..1\\n', `1..1\\n# started ${started}\\n`));
    await own.write('bare.c', bare);
    await own.write('turns', '3\n');
    await own.write('wind.sh', '#!/bin/sh\nread turns < /etc/reel/turns\ntest "$turns" = 3\n');
    const { code, err } = await place.run('test', '--kernel', await image(), '--target', target.name);
    t.is(code, 0, err);
    const [cell] = (await latestRun({ directory })).cells;
    t.deepEqual(cell?.cases.map(({ suite, name, outcome }) => `${suite} ${name} ${outcome}`).sort(), [
      'program:bare exits with 0 pass',
      'program:one draws pass',
      'program:two draws pass',
      'program:wind exits with 0 pass',
    ]);
    const printed = async (name: string): Promise<string[]> => {
      const file = `.quiltboot/runs/latest/cells/0-${target.name}/test/program-${name}/output.txt`;
      const text = await readFile(path.join(directory, file), 'utf8');
      return (/^# ([0-9a-f]{16}) (\d+)$/m.exec(text) ?? []).slice(1);
    };
    const [one = '', time = ''] = await printed('one');
    const [two = ''] = await printed('two');
    t.regex(one, /^[0-9a-f]{16}$/);
    t.not(one, two);
    t.true(Math.abs(Number(time) - started) < 3600, time);
  });
}
