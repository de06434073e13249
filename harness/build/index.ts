export * from './cause.ts';
export * from './diagnostics.ts';
export * from './faults.ts';
export * from './make.ts';
export * from './warnings.ts';
