const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Control-C, or whatever else asks the program to end, as something to look at or to wait for. */
export function untilStopped(): { already: () => boolean; stopped: Promise<void>; forget: () => void } {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  let already = false;
  const stop = (): void => {
    already = true;
    resolve();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return {
    already: () => already,
    stopped,
    forget: () => {
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}
