import { UpkeepError } from '../../domain/problem.ts';
import { deleteSaved, listSaved, saveCredential, verifySaved } from '../auth-subcommands.ts';
import type { CliCommand } from '../command.ts';

const SUBCOMMANDS = { set: saveCredential, verify: verifySaved, list: listSaved, delete: deleteSaved };

export const auth: CliCommand = {
  name: 'auth',
  help: `upkeep auth set local-account USER [--replace] [--password-fd N]
upkeep auth set mdm --client ID | --account NAME [--replace] [--password-fd N]
upkeep auth verify [METHOD]
upkeep auth list
upkeep auth delete METHOD | --all

Keeps the password that authorises installs on Apple silicon without asking somebody each time. For root.

  set      asks for the password of USER without showing it (or reads it from standard input where that is no terminal),
           tries it, and puts it into the keychain of this Mac once it has proved right. For mdm the secret of an API client,
           or the password of an account, of the management server that the settings name; the server is asked (docs/mdm.md)
  verify   tries what is saved, at most once a day
  list     what is saved, since when, and when it last proved right; never a secret
  delete   deletes what is saved

METHOD is saved-password, local-account, service-account or mdm. A password is never given as an argument.

  --client ID        which API client of the management server
  --account NAME     which account of the management server
  --replace          what is saved already goes, once the new one is verified and saved
  --password-fd N    read the password from this open file descriptor
  --all              delete everything that is saved
  --root DIR         a simulated Mac below this folder instead of this one
  --json             the answer as one JSON object (schema upkeep.auth/1)

Exit code 77 where a password or its account is not fit, 75 where it could not be tried now. docs/credentials.md`,
  options: {
    replace: { type: 'boolean' },
    'password-fd': { type: 'string' },
    client: { type: 'string' },
    account: { type: 'string' },
    all: { type: 'boolean' },
    root: { type: 'string' },
    json: { type: 'boolean' },
  },
  positionals: { min: 0, max: 3 },
  misused,
  run: (values, [subcommand = '', ...words], io) => {
    const run = Object.hasOwn(SUBCOMMANDS, subcommand) ? SUBCOMMANDS[subcommand as keyof typeof SUBCOMMANDS] : null;
    if (run === null) throw misused();
    return run(values, words, io, misused);
  },
};

/** Whatever was typed too much may be a password, so nothing of it is repeated. */
function misused(): UpkeepError {
  return new UpkeepError('usage.wrong', 'this is not how `auth` is used; what was typed is not repeated here.', {
    remedy:
      'A password is never given as an argument or option, where everybody on this Mac can see it: `auth set` asks for it, or reads it from standard input. If one was typed, change it.\n`upkeep help auth` shows how it is used.',
  });
}
