export * from './cell.ts';
export * from './compare.ts';
export * from './points.ts';
export * from './run.ts';
export * from './subjects.ts';
export * from './verdict.ts';
