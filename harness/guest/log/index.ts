export { stripPrefix } from './prefix.ts';
export { createLogReader, type LogReader, type LogReaderOptions } from './reader.ts';
