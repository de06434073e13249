import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import type { Guest, Splat } from '../../../harness/model/index.ts';
import { createPool } from '../../../harness/suite/pool.ts';
import type { Case } from '../../../harness/suite/registry.ts';

const fatal: Splat = { family: 'panic', title: 'panic: quilt', excerpt: [], severity: 'fatal' };

function world() {
  const state = { made: 0, open: 0, most: 0 };
  const source = {
    acquire: async (): Promise<Guest> => {
      state.made += 1;
      state.open += 1;
      state.most = Math.max(state.most, state.open);
      const splats: Splat[] = [];
      let closed = false;
      const guest = {
        splats: () => splats,
        log: () => [],
        logLength: () => 0,
        ended: () => undefined,
        panic: () => splats.push(fatal),
        exists: async () => Promise.resolve(true),
        close: async () => {
          if (!closed) state.open -= 1;
          closed = true;
          return Promise.resolve();
        },
      };
      return Promise.resolve(guest as unknown as Guest);
    },
    close: async () => Promise.resolve(),
  };
  return { state, source };
}

function caseOf(isolation: Case['isolation'], suite = 's'): Case {
  return { suite, name: 'n', needs: [], differs: [], dialect: {}, isolation, timeoutMs: 1000, body: () => undefined };
}

test('no more guests run at once than allowed, and each case has its own', async (t) => {
  const { state, source } = world();
  const pool = createPool(source, 3, () => undefined);
  const each = caseOf('snapshot');
  await Promise.all(Array.from({ length: 10 }, () => pool.withSlot(each, () => pool.withGuest(each, () => sleep(5)))));
  t.is(state.made, 10);
  t.is(state.most, 3);
  t.is(state.open, 0);
});

test('a guest is closed also when its case throws', async (t) => {
  const { state, source } = world();
  const pool = createPool(source, 1, () => undefined);
  await t.throwsAsync(
    pool.withGuest(caseOf('boot'), () => Promise.reject(new Error('no'))),
    { message: 'no' },
  );
  t.is(state.open, 0);
});

test('sharing cases of a suite have one guest, one after the other', async (t) => {
  const { state, source } = world();
  const pool = createPool(source, 4, () => undefined);
  let running = 0;
  let most = 0;
  const run = (suite: string): Promise<unknown> => {
    const each = caseOf('shared', suite);
    return pool.withSlot(each, () =>
      pool.withGuest(each, async () => {
        running += 1;
        most = Math.max(most, running);
        await sleep(5);
        running -= 1;
      }),
    );
  };
  await Promise.all([run('one'), run('one'), run('one')]);
  t.is(most, 1);
  t.is(state.made, 1);
  await Promise.all([run('two'), run('three')]);
  t.is(state.made, 3);
  await pool.close();
  t.is(state.open, 0);
});

test('a shared guest that crashed is not given to the next case', async (t) => {
  const { state, source } = world();
  const pool = createPool(source, 1, () => undefined);
  const each = caseOf('shared');
  await pool.withGuest(each, ({ guest }) => {
    (guest as unknown as { panic(): void }).panic();
    return Promise.resolve();
  });
  t.is(state.open, 0);
  await pool.withGuest(each, ({ guest }) => Promise.resolve(t.is(guest.splats().length, 0)));
  t.is(state.made, 2);
});
