export { toleranceRule, toleratedRate } from './flaky.ts';
export { parseProject } from './parse.ts';
export { projectJsonSchema } from './schema.ts';
export { parseUnexecuted } from './unexecuted.ts';
