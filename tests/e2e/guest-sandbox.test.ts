import { symlink } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { onLandlock } from '../support/landlock.ts';
import { pathWithout } from '../support/path-without.ts';
import { fakeProject, type Place, placeIn, withFakeQemu } from '../support/program.ts';

/** A machine with the QEMU of the fixtures and no sandbox, and a kernel that somebody gave us. */
async function unprotected(t: ExecutionContext): Promise<Place> {
  t.timeout(10 * 60_000);
  const { place } = await withFakeQemu(t, await fakeProject(t, {}));
  await place.write('image', 'a kernel of somebody');
  const bin = await pathWithout(path.join(place.directory, 'tools'), ['bwrap', 'qemu-system-x86_64']);
  await symlink(path.join(place.directory, 'fake-qemu', 'qemu'), path.join(bin, 'qemu-system-x86_64'));
  // Only bubblewrap is asked for, and it is not there.
  return placeIn(place.directory, { ...place.env, PATH: bin, QUILTBOOT_SANDBOX: 'bubblewrap' });
}

const words = ['boot', '--kernel', 'image', '--target', 'x86_64'];

test('without a sandbox a given kernel is booted only for whoever vouches for it', async (t) => {
  const place = await unprotected(t);
  const refused = await place.run(...words);
  t.is(refused.code, 69, refused.err);
  t.regex(refused.err, /guests run in a sandbox, and this machine has none: bubblewrap is not installed/);
  t.regex(refused.out, /--trust/);
  const vouched = await place.run(...words, '--trust');
  t.is(vouched.code, 0, vouched.err);
  t.regex(vouched.out, /pass boot/);
  const doctor = await place.run('doctor', '--target', 'x86_64', '--kernel', 'image');
  t.is(doctor.code, 69);
  t.regex(doctor.out, /^missing +build sandbox +not sandboxed: .*bubblewrap is not installed/m);
  t.regex(doctor.out, /^missing +guest sandbox +not sandboxed: .*bubblewrap is not installed/m);
  t.regex(doctor.out, /^unknown +boot x86_64 +not tried without a sandbox/m);
});

onLandlock('where bubblewrap is missing a given kernel is booted in landlock, and doctor says so', async (t) => {
  const place = await unprotected(t);
  const weaker = placeIn(place.directory, { ...place.env, QUILTBOOT_SANDBOX: '' });
  const { code, out, err } = await weaker.run(...words);
  t.is(code, 0, err);
  t.regex(out, /pass boot/);
  const doctor = await weaker.run('doctor', '--target', 'x86_64');
  t.regex(doctor.out, /^absent +bwrap /m);
  const why = 'it is weaker than bubblewrap, which is not taken: bubblewrap is not installed';
  t.regex(doctor.out, new RegExp(`^ok +build sandbox +tried out: landlock works; ${why}`, 'm'));
  t.regex(doctor.out, new RegExp(`^ok +guest sandbox +tried out: landlock works; ${why}`, 'm'));
  const mistaken = await placeIn(place.directory, { ...place.env, QUILTBOOT_SANDBOX: 'walls' }).run('doctor');
  t.is(mistaken.code, 2, mistaken.err);
  t.regex(mistaken.err + mistaken.out, /there is no sandbox "walls"/);
});

test('with a sandbox nobody has to vouch for a given kernel', async (t) => {
  const place = await unprotected(t);
  const PATH = `${place.env['PATH'] ?? ''}:${process.env['PATH'] ?? ''}`;
  const whole = placeIn(place.directory, { ...place.env, PATH });
  const { code, out, err } = await whole.run(...words);
  t.is(code, 0, err);
  t.regex(out, /pass boot/);
});
