export { addedOptions } from './added.ts';
export * from './config.ts';
export * from './explain.ts';
export * from './fragment.ts';
export * from './needed.ts';
