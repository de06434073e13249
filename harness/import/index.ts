export { type Assembly, assemble } from './mail/assemble.ts';
export { collectTrailers } from './mail/trailers.ts';
export { readSource } from './page/detect.ts';
export { PatchedTree } from './recover/patched.ts';
export { type RecoveredPatch, recover } from './recover/recover.ts';
export { toBuffer } from './text/bytes.ts';
export type { Message, PlacedRemark, Remark } from './text/types.ts';
export { addSeries, type NewSeries, seriesLines } from './write/project-file.ts';
export { coverText, patchFileName, patchText, seriesText } from './write/queue-text.ts';
