export * from './cell.ts';
export * from './points.ts';
export * from './verdict.ts';
