export * from './balance.ts';
export * from './costs.ts';
