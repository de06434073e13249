import { freshFindings, readKernelDoc } from '../../../checks/index.ts';
import { cannot, ran, type SeriesCheck, sourcesOf } from './check.ts';

const script = 'scripts/kernel-doc';

export const kernelDoc: SeriesCheck = {
  name: 'kernel-doc',
  help: 'what the tree’s own scripts/kernel-doc says of the touched files, and did not say before',
  async run(at) {
    const sources = await sourcesOf(at);
    if (sources.length === 0) return ran([]);
    const text = await at.read('after', script);
    if (text === undefined) return cannot(`the tree has no ${script}`);
    if (!text.includes('-none')) return cannot(`${script} of this tree cannot do without output (-none)`);
    const reader = /^#!.*python/.test(text) ? 'python3' : 'perl';
    const now = await at.run('after', () => [reader, script, '-none', ...sources]);
    if (now.exitCode === undefined || now.exitCode > 125)
      return cannot(`${script} ends with ${now.exitCode ?? 'a signal'}`);
    const there = await Promise.all(sources.map((file) => at.read('before', file)));
    const old = sources.filter((_, index) => there[index] !== undefined);
    const before = old.length === 0 ? '' : (await at.run('before', () => [reader, script, '-none', ...old])).text;
    return ran(freshFindings(readKernelDoc(now.text), readKernelDoc(before)));
  },
};
