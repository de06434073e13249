import type { Guest } from 'quiltboot/suite';
import { attach, mountHierarchy } from './hierarchy.ts';
import type { ContainerContext } from './suite.ts';

export const agent = '/release-agent';
export const journal = '/released';

/** Installs a script as the agent of a new hierarchy; what it does besides keeping a journal is given. */
export async function withAgent(context: ContainerContext, more = ''): Promise<string> {
  const { guest, dialect } = context;
  const script = `#!/bin/sh\necho "$#:$1:$HOME:$PATH" >>${journal}\n${more}\n`;
  await guest.write(journal, '', { create: true });
  await guest.write(agent, script, { create: true });
  await guest.chmod(agent, 0o755);
  const options = [...dialect.plainSubsystems, `release_agent=${agent}`].join(',');
  return mountHierarchy(context, { options });
}

/** Paths that the agent was told of, in order. */
export async function released(guest: Guest): Promise<string[]> {
  const lines = (await guest.read(journal)).split('\n').filter(Boolean);
  return lines.map((line) => line.split(':')[1] ?? '');
}

export async function makeContainer(guest: Guest, path: string, notify = true): Promise<void> {
  await guest.mkdir(path);
  await guest.write(`${path}/notify_on_release`, notify ? '1' : '0');
}

/** Puts a task in and takes it out by its exit. */
export async function useOnce(guest: Guest, path: string): Promise<void> {
  const child = await guest.fork();
  await attach(guest, child.pid, path);
  await child.exit(0);
}

/**
 * Waits until every notification that was due is in the journal: a container made for it is released twice, and
 * what was queued before has run by then.
 */
async function drain(guest: Guest, root: string): Promise<void> {
  for (const name of ['last-1', 'last-2']) {
    await makeContainer(guest, `${root}/${name}`);
    await useOnce(guest, `${root}/${name}`);
    await guest.until(`the agent is told of ${name}`, async () => (await released(guest)).includes(`/${name}`));
    await guest.rmdir(`${root}/${name}`);
  }
}

export async function releasedInAll(guest: Guest, root: string): Promise<string[]> {
  await drain(guest, root);
  return (await released(guest)).filter((path) => !path.startsWith('/last-'));
}
