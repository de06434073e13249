export * from './delta.ts';
export * from './git-log.ts';
export * from './graph.ts';
export * from './judge.ts';
export * from './observe.ts';
export * from './predicate.ts';
export * from './search.ts';
export * from './sureness.ts';
