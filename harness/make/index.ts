export * from './cause.ts';
export { type CompilerCache, cachingCompiler, cachingCompilerName } from './ccache.ts';
export * from './diagnostics.ts';
export * from './faults.ts';
export * from './make.ts';
export * from './warnings.ts';
