import { grantSecureToken, wantsToken } from '../../adapters/credentials/grant-secure-token.ts';
import { authGround } from '../auth-ground.ts';
import type { CliCommand } from '../command.ts';
import { misusedSecret } from '../misused-secret.ts';
import { readSecret } from '../secret-input.ts';
import { tell } from '../service-subcommands.ts';

const misused = () => misusedSecret('secure-token');

export const secureToken: CliCommand = {
  name: 'secure-token',
  help: `upkeep secure-token grant USER [--password-fd N]

Gives USER a secure token, by the service account, and looks afterwards whether it came. The password of USER is asked for
without being shown, or read from standard input. For root.

  --password-fd N    read the password of USER from this open file descriptor
  --root DIR         a simulated Mac below this folder instead of this one
  --json             the answer as one JSON object (schema upkeep.service-account/1)

Exit code 77 where no token came of it, 75 where that is not known. docs/service-account.md`,
  options: { 'password-fd': { type: 'string' }, root: { type: 'string' }, json: { type: 'boolean' } },
  positionals: { min: 0, max: 2 },
  misused,
  run: async (values, [verb, user], io) => {
    if (verb !== 'grant' || user === undefined || !/^[^-/\p{Cc}\s][^/\p{Cc}]*$/u.test(user)) throw misused();
    const { service, alone } = await authGround(values);
    const name = await alone(() => wantsToken(service, user));
    if (name === null) {
      tell(values, io, { account: user, granted: false, token: true }, `“${user}” has a secure token already.\n`);
      return 0;
    }
    const password = await readSecret(values, io, `Password of “${name}” (not shown): `);
    await alone(() => grantSecureToken(service, name, password));
    tell(values, io, { account: name, granted: true, token: true }, `“${name}” has a secure token now.\n`);
    return 0;
  },
};
