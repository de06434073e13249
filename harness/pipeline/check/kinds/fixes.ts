import { checkFit, checkForm, fixesTags } from '../../../checks/index.ts';
import { cannot, ran, type SeriesCheck } from './check.ts';

export const fixes: SeriesCheck = {
  name: 'fixes',
  help: 'each Fixes: tag names a commit of the tree’s history, with its subject',
  async run(at) {
    const tags = fixesTags(at.message);
    const malformed = tags.flatMap(checkForm);
    const named = tags.filter(({ commit }) => commit !== undefined);
    if (malformed.length > 0 || named.length === 0) return ran(malformed);
    if (!at.hasHistory) return cannot('the tree comes without its history: --tree NAME=git:PATH#REF has it');
    const found = await Promise.all(named.map(async (tag) => checkFit(tag, await at.subjectOf(tag.commit ?? ''))));
    return ran(found.flat());
  },
};
