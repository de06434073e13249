export * from './balance.ts';
export * from './costs.ts';
export * from './job.ts';
