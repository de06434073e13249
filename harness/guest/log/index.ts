export { excerptOf, traceLines } from './excerpt.ts';
export { askedBy, saysForced } from './forced.ts';
export { blamedFunction } from './place.ts';
export { stripPrefix } from './prefix.ts';
export { createLogReader, type LogReader, type LogReaderOptions, type PlacedSplat } from './reader.ts';
export { blockedTasks, cpuBacktraces, heldLocks, printableLines } from './sysrq.ts';
export { droppedMessages } from './whole.ts';
