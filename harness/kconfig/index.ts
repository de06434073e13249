export * from './config.ts';
export * from './explain.ts';
export * from './fragment.ts';
export { type Condition, type Definition, parseKconfig } from './language.ts';
