export * from './checkpatch.ts';
export * from './exports.ts';
export * from './fixes.ts';
export * from './fresh.ts';
export * from './kconfig-help.ts';
export * from './kernel-doc.ts';
export * from './maintainers.ts';
export * from './sign-off.ts';
