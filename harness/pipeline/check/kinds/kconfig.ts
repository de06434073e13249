import path from 'node:path';
import { checkKconfigHelp } from '../../../checks/index.ts';
import { ran, type SeriesCheck } from './check.ts';

export const kconfig: SeriesCheck = {
  name: 'kconfig',
  help: 'each option that a user is asked for has a help text',
  async run(at) {
    const files = at.patch.files.filter((file) => path.basename(file).startsWith('Kconfig'));
    const texts = new Map<string, string>();
    for (const file of files) {
      const text = await at.read('after', file);
      if (text !== undefined) texts.set(file, text);
    }
    return ran(checkKconfigHelp(at.diff, texts));
  },
};
