import path from 'node:path';
import { withScratch } from '../../host/files/scratch.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { splitMail } from '../../host/git/patch.ts';
import { type PatchCheck, pointChecks } from '../../report/index.ts';
import { diffContent } from '../../series/content.ts';
import { parseMailInfo } from '../../series/mail.ts';
import { openStoredRun } from './directory.ts';

/**
 * What a stored run says of the patch in a mail. The patch is known by what it changes; of one that only has the subject
 * of another in the run, that is said, and of one that the run knows nothing of, that it was not run. Nothing for a cover
 * letter.
 *
 * @param mail bytes of one RFC 2822 message
 * @param place directory of the run or its `run.json`; absolute
 */
export async function checkMail(mail: Uint8Array, place: string, signal: AbortSignal): Promise<PatchCheck[]> {
  const { run } = await openStoredRun(place);
  const { head, diff } = await withScratch({ purpose: 'mail' }, async (scratch) => {
    const file = path.join(scratch, 'mail');
    await writeFileAtomic(file, mail);
    return await splitMail(file, signal);
  });
  const content = diffContent(Buffer.from(diff).toString('utf8'));
  if (content === '') return [];
  const known = run.series.patches.findIndex((patch) => patch.content === content);
  if (known >= 0) {
    const checks = pointChecks(run, known + 1);
    if (checks.length > 0) return checks;
    const said = `not run: run ${run.id} has this patch, but no cell of its point`;
    const details = `run it with: quiltboot run ${run.series.name} --points ${known + 1}`;
    return [{ tool: 'quiltboot', status: 'warn', summary: said, details }];
  }
  const { subject } = parseMailInfo(head, '');
  const namesake = run.series.patches.find((patch) => patch.subject === subject);
  if (!namesake) {
    const said = `not run: run ${run.id} does not have this patch`;
    const details = `import it, then: quiltboot run; ${run.series.name} had ${run.series.patches.length} patches`;
    return [{ tool: 'quiltboot', status: 'warn', summary: said, details }];
  }
  const summary = `run ${run.id} has another version of this patch (${namesake.name}); import this one and run again`;
  return [{ tool: 'quiltboot', status: 'warn', summary, details: '' }];
}
