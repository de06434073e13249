import { checkExports, newExports } from '../../../checks/index.ts';
import { ran, type SeriesCheck } from './check.ts';

export const exportsCheck: SeriesCheck = {
  name: 'exports',
  help: 'each new exported symbol has a user in the tree, with the whole series applied',
  async run(at) {
    const exports = newExports(at.diff);
    const users = new Map<string, string[]>();
    for (const { symbol } of exports) users.set(symbol, await at.filesWith(symbol));
    return ran(checkExports(exports, users));
  },
};
