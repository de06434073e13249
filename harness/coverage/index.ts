export * from './accepted.ts';
export * from './added.ts';
export * from './diff.ts';
export * from './executed.ts';
export * from './gcov.ts';
export * from './judge.ts';
