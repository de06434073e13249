/** Time that an orderly stop may take after the first signal, in milliseconds. */
const orderlyMs = 10_000;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls back at the first signal that asks this program to stop. From then on signals do what they do to any program: the
 * next one ends it at once, even where a file that never opens or a loop holds it; and it ends itself that way when the
 * orderly stop takes too long. Whatever it started dies with it.
 *
 * @param onLate called just before it ends itself
 */
export function watchSignals(onFirst: (signal: NodeJS.Signals) => void, onLate: (ms: number) => void): void {
  const listener = (signal: NodeJS.Signals): void => {
    for (const one of signals) process.off(one, listener);
    setTimeout(() => {
      onLate(orderlyMs);
      // `process.exit` would wait for what holds us.
      process.kill(process.pid, signal);
    }, orderlyMs).unref();
    onFirst(signal);
  };
  for (const one of signals) process.on(one, listener);
}
