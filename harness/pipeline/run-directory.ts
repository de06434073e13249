import path from 'node:path';
import { writeFileAtomic } from '../host/files.ts';
import { makeUniqueDirectory, replaceLink } from '../host/run-directory.ts';
import type { Run } from '../model/index.ts';
import { type ReportKind, renderReport, reportFile, reportKinds } from '../report/index.ts';

export { loadRun } from '../host/run-directory.ts';

/** The place of one run: logs while it goes on, `run.json` and the reports at its end. */
export interface RunDirectory {
  readonly id: string;
  readonly path: string;
  /** Writes the run and every report, then points `latest` here. */
  finish(run: Run): Promise<void>;
}

/** Makes the directory of a run, named after its beginning (UTC). */
export async function openRunDirectory(out: string, started: Date, name: string): Promise<RunDirectory> {
  const stamp = started.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const { id, directory } = await makeUniqueDirectory(out, `${stamp}-${name}`);
  return {
    id,
    path: directory,
    async finish(run) {
      for (const kind of reportKinds)
        await writeFileAtomic(path.join(directory, reportFile(kind)), renderReport(run, kind));
      await replaceLink(path.join(out, 'latest'), id);
    },
  };
}

/** Writes one report of a run to a file. */
export async function writeReport(run: Run, kind: ReportKind, file: string): Promise<void> {
  await writeFileAtomic(file, renderReport(run, kind));
}
