import { checkSignOff } from '../../../checks/index.ts';
import { ran, type SeriesCheck } from './check.ts';

export const signOff: SeriesCheck = {
  name: 'sign-off',
  help: 'the author and every co-author signed the patch off',
  run: ({ message, patch }) => Promise.resolve(ran(checkSignOff(message, patch.author))),
};
