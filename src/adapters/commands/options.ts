/** Whether an option is among the arguments, in its long form or as a letter, alone or bundled (`-iaR`). */
export function hasOption(args: readonly string[], long: string, letter: string | null = null): boolean {
  return args.some(
    (arg) => arg === long || (letter !== null && /^-[A-Za-z]+$/.test(arg) && arg.slice(1).includes(letter)),
  );
}

/** The value that follows an option, or null. */
export function optionValue(args: readonly string[], name: string): string | null {
  const at = args.indexOf(name);
  return at < 0 ? null : (args[at + 1] ?? null);
}

export function sameArguments(args: readonly string[], wanted: readonly string[]): boolean {
  return args.length === wanted.length && args.every((arg, i) => arg === wanted[i]);
}
