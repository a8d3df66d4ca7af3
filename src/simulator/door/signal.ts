/** A process that is no more needs no signal, and never does this one. 0 would be its group, and -1 everybody. */
export function signalTo(pid: number, signal: NodeJS.Signals): void {
  if (Math.abs(pid) <= 1 || pid === process.pid) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
