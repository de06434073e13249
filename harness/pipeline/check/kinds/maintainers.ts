import { checkMaintainers, namedIn } from '../../../checks/index.ts';
import { cannot, ran, type SeriesCheck } from './check.ts';

const script = 'scripts/get_maintainer.pl';

export const maintainers: SeriesCheck = {
  name: 'maintainers',
  help: 'everybody whom scripts/get_maintainer.pl names is in To, Cc or a tag of the mail',
  async run(at) {
    if (!/^(?:To|Cc): /im.test(at.text.split(/^---$/m)[0] ?? ''))
      return cannot('the patch says nobody to whom it was sent');
    if ((await at.read('after', script)) === undefined) return cannot(`the tree has no ${script}`);
    const words = ['--no-git', '--no-git-fallback', '--roles', '--no-rolestats'];
    const { exitCode, text } = await at.run('after', ({ patch }) => ['perl', script, ...words, patch]);
    if (exitCode !== 0) return cannot(`${script} ends with ${exitCode ?? 'a signal'}`);
    return ran(checkMaintainers(text, namedIn(at.text)));
  },
};
