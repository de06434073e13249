import test from 'ava';
import { canBoot, UserError } from '../../../harness/model/index.ts';
import {
  bootTarget,
  bootTargets,
  findBootTarget,
  findTarget,
  requirementsFor,
  targets,
  x86_64,
} from '../../../harness/targets/index.ts';

const buildOnly = targets.filter((target) => !canBoot(target));

test('what is built only has everything that make needs, and asks for nothing that boots', (t) => {
  t.deepEqual(
    targets.filter(canBoot).map(({ name }) => name),
    bootTargets.map(({ name }) => name),
  );
  t.true(buildOnly.length >= 13);
  for (const target of buildOnly) {
    t.regex(target.crossPrefix, /^[a-z0-9]+-linux-gnu[a-z0-9]*-$/, target.name);
    t.is(target.crossCompile, target.crossPrefix, target.name);
    const layout = target.kernelLayout('6.1.99');
    t.deepEqual([layout.goal, layout.image], ['vmlinux', 'vmlinux'], target.name);
    t.true(
      (target.options ?? []).every((line) => /^(?:CONFIG_\w+=y|# CONFIG_\w+ is not set)$/.test(line)),
      target.name,
    );
    const own = requirementsFor([target]).filter(({ purpose }) => purpose.endsWith(` for ${target.name}`));
    const triplet = target.crossPrefix.replace(/-$/, '');
    t.deepEqual(
      own.map((one) => one.package),
      [`gcc-${triplet}`, `binutils-${triplet}`],
    );
  }
});

test('byte order and word size are told to make and to reports alike', (t) => {
  for (const { name, endian, bits, options = [] } of buildOnly) {
    const told = options.filter((line) => /_ENDIAN=y$/.test(line));
    if (told.length > 0) t.deepEqual(told, [`CONFIG_CPU_${endian.toUpperCase()}_ENDIAN=y`], name);
    if (options.includes('CONFIG_64BIT=y') || options.includes('CONFIG_PPC64=y')) t.is(bits, 64, name);
    if (options.includes('CONFIG_32BIT=y')) t.is(bits, 32, name);
  }
});

test('Debian, the kernel and people have names of their own for an architecture', (t) => {
  for (const [name, found] of [
    ['ppc64el', 'ppc64le'],
    ['powerpc64', 'ppc64'],
    ['arm', 'armhf'],
    ['parisc', 'hppa'],
    ['sh', 'sh4'],
    ['sparc', 'sparc64'],
  ] as const)
    t.is(findTarget(name).name, found);
  t.is(findTarget('sparc64').sourceArch('2.6.22'), 'sparc64');
  t.is(findTarget('sparc64').sourceArch('6.1.99'), 'sparc');
});

test('a guest of what is built only is refused, with what to do instead', (t) => {
  t.is(bootTarget(x86_64), x86_64);
  const error = t.throws(() => findBootTarget('armel'), { instanceOf: UserError });
  t.is(error.message, 'kernels for armel are built only: quiltboot has no machine that boots them');
  t.regex(error.hint ?? '', /quiltboot build --target armel builds them; targets that boot: x86_64, i386/);
});
