import { UpkeepError } from '../domain/problem.ts';

/** Whatever was typed too much may be a password, so nothing of it is repeated. */
export function misusedSecret(command: string): UpkeepError {
  return new UpkeepError(
    'usage.wrong',
    `this is not how \`${command}\` is used; what was typed is not repeated here.`,
    {
      remedy: `A password is never given as an argument or option, where everybody on this Mac can see it: it is asked for, or read from standard input. If one was typed, change it.\n\`upkeep help ${command}\` shows how it is used.`,
    },
  );
}
