import test from 'ava';
import {
  compilerCommand,
  makeIdentity,
  minimumVersion,
  nmTool,
  refusedBy,
  toolsOf,
  toolVariables,
} from '../../../harness/make/index.ts';
import { arm64, findTarget, s390x, x86_64 } from '../../../harness/targets/index.ts';
import { gcc } from '../../support/fake-linux.ts';

const clang = { ...gcc, name: 'clang-14', cc: 'clang-14' };
const old = { ...gcc, name: 'gcc-11', cc: 'gcc-11' };

test('clang is one program for all targets; its own tools link where the kernel is known to work with them', (t) => {
  t.deepEqual(compilerCommand(arm64, clang), ['clang-14']);
  t.deepEqual(compilerCommand(arm64, old), ['aarch64-linux-gnu-gcc-11']);
  t.deepEqual(toolVariables(arm64, gcc, '6.1.99'), {});
  t.like(toolVariables(arm64, clang, '6.1.99'), { LLVM: '-14', LD: 'ld.lld-14', NM: 'llvm-nm-14' });
  t.is(toolVariables(arm64, clang, '5.15.1')['LLVM'], '1', 'it takes no suffix there');
  t.is(toolVariables(arm64, { ...clang, cc: 'clang' }, '6.1.99')['LLVM'], '1');
  t.deepEqual(toolVariables(s390x, clang, '6.1.99'), { LLVM_IAS: '0' });
  t.is(toolVariables(x86_64, { ...clang, linkerFlags: ['--fatal'] }, '6.1.99')['LD'], 'ld.lld-14 --fatal');
  t.is(nmTool(arm64, clang), 'llvm-nm-14');
  t.is(nmTool(s390x, clang), 's390x-linux-gnu-nm');
});

test('what is missing is named by the package of Debian that has it', (t) => {
  const packages = (...args: Parameters<typeof toolsOf>): string[] => [
    ...new Set(toolsOf(...args).map((tool) => tool.package)),
  ];
  t.deepEqual(packages(findTarget('armhf'), old), [
    'gcc-11-arm-linux-gnueabihf',
    'binutils-arm-linux-gnueabihf',
    'gcc',
  ]);
  t.deepEqual(packages(x86_64, old), ['gcc-11', 'binutils', 'gcc']);
  t.deepEqual(packages(arm64, clang), ['clang-14', 'lld-14', 'llvm-14', 'gcc']);
  t.deepEqual(packages(findTarget('ppc64'), clang), ['clang-14', 'binutils-powerpc64-linux-gnu', 'gcc']);
});

test('each compiler makes kernels of its own', (t) => {
  const all = [gcc, old, clang].map((one) => JSON.stringify(makeIdentity(x86_64, one, '6.1.99')));
  t.is(new Set(all).size, 3);
});

const script = `#!/bin/sh
case "$1" in
gcc)
	echo 5.1.0
	;;
llvm)
	if [ "$SRCARCH" = s390 ]; then
		echo 15.0.0
	elif [ "$SRCARCH" = loongarch ]; then
		echo 18.0.0
	else
		echo 11.0.0
	fi
	;;
esac
`;

test('a tree says which compilers are too old for it, and for one architecture', (t) => {
  t.is(minimumVersion(script, 'gcc', 'x86'), '5.1.0');
  t.is(minimumVersion(script, 'llvm', 'x86'), '11.0.0');
  t.is(minimumVersion(script, 'llvm', 's390'), '15.0.0');
  t.is(minimumVersion(script, 'llvm', 'loongarch'), '18.0.0');
  t.is(minimumVersion('', 'gcc', 'x86'), undefined);
});

test('a toolchain is refused for what it cannot build, with the reason, and for nothing that is not known', (t) => {
  const facts = { kernelVersion: '6.1.99', minimum: script, says: 'Debian clang version 14.0.6' };
  t.is(refusedBy(x86_64, clang, facts), undefined);
  t.is(refusedBy(s390x, clang, facts), 'clang-14 is 14.0.6, and this tree wants 15.0.0 or newer for s390x');
  t.is(refusedBy(findTarget('alpha'), clang, facts), 'clang builds no kernel for alpha');
  t.regex(
    refusedBy(x86_64, clang, { ...facts, kernelVersion: '2.6.22-rc6' }) ?? '',
    /since Linux 5\.7, this is 2\.6\.22/,
  );
  const ancient = { ...facts, says: 'gcc-4.9 (Debian 4.9.2-10+deb8u2) 4.9.2' };
  t.regex(
    refusedBy(x86_64, { ...gcc, cc: 'gcc-4.9' }, ancient) ?? '',
    /^gcc-4\.9 is 4\.9\.2, and this tree wants 5\.1\.0/,
  );
  t.is(refusedBy(s390x, clang, { kernelVersion: '6.1.99', minimum: script }), undefined, 'it is not installed');
});
