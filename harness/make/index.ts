export * from './cause.ts';
export { type CompilerCache, cachingCompiler, cachingCompilerName } from './ccache.ts';
export * from './diagnostics.ts';
export * from './faults.ts';
export * from './gates.ts';
export * from './make.ts';
export * from './touched.ts';
export * from './used.ts';
export * from './warnings.ts';
