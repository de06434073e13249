import { readCheckpatch } from '../../../checks/index.ts';
import { cannot, ran, type SeriesCheck } from './check.ts';

const script = 'scripts/checkpatch.pl';

export const checkpatch: SeriesCheck = {
  name: 'checkpatch',
  help: 'what the tree’s own scripts/checkpatch.pl says of the patch',
  async run(at) {
    if ((await at.read('after', script)) === undefined) return cannot(`the tree has no ${script}`);
    // Old ones know no --show-types, and say so by a status that is neither 0 nor 1.
    for (const types of [['--show-types'], []]) {
      const words = ['--terse', ...types, '--no-summary'];
      const { exitCode, text } = await at.run('after', ({ patch }) => ['perl', script, ...words, patch]);
      if (exitCode === 0 || (exitCode === 1 && !/^Unknown option/m.test(text)))
        return ran(readCheckpatch(text, at.text));
      if (types.length === 0) return cannot(`${script} ends with ${exitCode ?? 'a signal'}: ${lastLine(text)}`);
    }
    return cannot(`${script} does not run`);
  },
};

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
