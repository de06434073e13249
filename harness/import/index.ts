export { type Assembly, assemble } from './assemble.ts';
export { toBuffer, toBytes } from './bytes.ts';
export { readSource } from './detect.ts';
export { PatchedTree } from './patched.ts';
export { addSeries, type NewSeries, seriesLines } from './project-file.ts';
export { coverText, patchFileName, patchText, seriesText } from './queue-text.ts';
export { type RecoveredPatch, recover } from './recover.ts';
export { collectTrailers } from './trailers.ts';
export type { Bytes, Message, PlacedRemark, Remark, TreeReader } from './types.ts';
