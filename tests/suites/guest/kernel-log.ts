import { suite } from 'quiltboot/suite';

const { test } = suite();

test('a report that is expected does not fail the case', async (t, { guest, expectSplat }) => {
  expectSplat(/quilt_case/);
  await guest.sh('echo "<3>WARNING: at kernel/quilt.c:1 quilt_case()" >/dev/kmsg');
  await guest.until('it is noticed', async () => Promise.resolve(guest.splats().length > 0));
  t.is(guest.splats()[0]?.title, 'WARNING at kernel/quilt.c:1 in quilt_case');
});

test('a case sees no report of another case', (t, { guest }) => {
  t.deepEqual([...guest.splats()], []);
});

test(
  'a panic is told by its title, and the guest is gone',
  { timeoutMs: 30_000 },
  async (t, { guest, expectSplat, skip }) => {
    if (/ version 2\.6\./.test(await guest.read('/proc/version')))
      skip('SysRq c of this kernel asks kexec for a crash');
    expectSplat(/panic|sysrq|NULL pointer/i);
    const error = await t.throwsAsync(guest.sh('echo c >/proc/sysrq-trigger; sleep 20'));
    t.is(error.name, 'GuestGone');
    t.true(guest.splats().some((splat) => splat.severity === 'fatal'));
  },
);
