import { appendNow } from '../../host/files/write.ts';
import type { Emit } from '../../model/index.ts';

/**
 * Passes every event on, and appends a line of JSON to a file for each kernel that was built: whoever starts many runs
 * learns from it where the time went (scripts/test/table.ts). Kernels from the store have no line.
 */
export function recordingBuilds(file: string, emit: Emit): Emit {
  return (event) => {
    emit(event);
    if (event.type !== 'kernel-made') return;
    const { cell, kernelVersion: version, configuration, built, objects, ms } = event;
    appendNow(file, `${JSON.stringify({ ...cell, version, configuration, built, objects, ms })}\n`);
  };
}
