import { findCommand } from '../../../host/make/toolchain.ts';
import { cannot, freshWarnings, type SeriesCheck } from './check.ts';

export const sparse: SeriesCheck = {
  name: 'sparse',
  help: 'what sparse says of the touched files, and did not before',
  async run(at) {
    if ((await findCommand('sparse')) === undefined) return cannot('sparse is not installed: apt-get install sparse');
    return await freshWarnings(at, { C: '2', CHECK: 'sparse' });
  },
};
