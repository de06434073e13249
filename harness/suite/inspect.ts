import process from 'node:process';
import ava from 'ava';
import { contextVariable } from '../model/suite.ts';
import { openInspectServices } from '../pipeline/suite/services.ts';
import { loadSuites } from './loading.ts';
import { declaredCases } from './registry.ts';

/** Loads every suite of the context and tells which cases they declare. Called once, by the test file that ava was given. */
export async function inspectSuites(): Promise<void> {
  const services = await openInspectServices(process.env[contextVariable] ?? '');
  await loadSuites(services.context.suites, (what) => services.record(what));
  for (const { suite, name, needs } of declaredCases()) services.record({ type: 'declare', suite, name, needs });
  services.record({ type: 'loaded' });
  // ava wants a test in every file.
  ava('the suites are loaded', (t) => t.pass());
}
