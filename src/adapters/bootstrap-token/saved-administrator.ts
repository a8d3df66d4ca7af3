import type { SavedMethod } from '../../domain/credentials.ts';
import { isExpected, UpkeepError } from '../../domain/problem.ts';
import type { Commands } from '../../ports/commands.ts';
import type { CredentialStore } from '../credentials/credential-store.ts';
import { fitAdministrator } from '../credentials/fit-administrator.ts';

/** Those whose password lies in the keychain of the Mac, upkeep's own account first: it is nobody's. */
const METHODS = ['service-account', 'local-account'] as const satisfies readonly SavedMethod[];

export type SavedAdministrator = { method: (typeof METHODS)[number]; account: string };

/**
 * The saved account that could escrow a token: an administrator with a secure token. So it works on the Mac of a standard
 * user, whose rights nobody has to raise. Throws where there is none; tries no password.
 */
export async function savedAdministrator(parts: {
  commands: Commands;
  store: CredentialStore;
}): Promise<SavedAdministrator> {
  const refusals: UpkeepError[] = [];
  for (const method of METHODS) {
    const saved = parts.store.saved(method);
    if (saved === null) continue;
    try {
      await fitAdministrator(parts.commands, saved.account);
      return { method, account: saved.account };
    } catch (error) {
      if (!isExpected(error)) throw error;
      refusals.push(error);
    }
  }
  const why = refusals.map(({ message }) => message.replace(/\.$/, '')).join('; ');
  // What passes by itself is worth another try.
  const code =
    refusals.find(({ code }) => code === 'credential.later')?.code ?? refusals[0]?.code ?? 'credential.missing';
  throw new UpkeepError(
    code,
    why === '' ? 'no administrator is saved on this Mac.' : `nobody saved could do it: ${why}.`,
    {
      remedy:
        'Name an administrator who has a secure token: `sudo upkeep bootstrap-token escrow --admin USER`. Or let upkeep have an account of its own: `sudo upkeep service-account create --admin USER`. Nothing was changed.',
    },
  );
}
