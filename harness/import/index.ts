export { type Assembly, assemble } from './assemble.ts';
export { toBuffer } from './bytes.ts';
export { readSource } from './detect.ts';
export { PatchedTree } from './patched.ts';
export { addSeries, type NewSeries, seriesLines } from './project-file.ts';
export { coverText, patchFileName, patchText, seriesText } from './queue-text.ts';
export { type RecoveredPatch, recover } from './recover.ts';
export { collectTrailers } from './trailers.ts';
export type { Message, PlacedRemark, Remark } from './types.ts';
