import { UpkeepError } from '../../domain/problem.ts';
import { authGround } from '../auth-ground.ts';
import type { CliCommand } from '../command.ts';
import { misusedSecret } from '../misused-secret.ts';
import { createService, deleteService, rotateService, statusOfService } from '../service-subcommands.ts';

const SUBCOMMANDS = {
  create: { run: createService, options: ['admin', 'standard', 'replace', 'password-fd'] },
  status: { run: statusOfService, options: [] },
  rotate: { run: rotateService, options: ['admin', 'password-fd'] },
  delete: { run: deleteService, options: [] },
};

export const serviceAccount: CliCommand = {
  name: 'service-account',
  help: `upkeep service-account create --admin USER [--standard] [--replace] [--password-fd N]
upkeep service-account status
upkeep service-account rotate [--admin USER] [--password-fd N]
upkeep service-account delete

An account of upkeep’s own that authorises installs on Apple silicon: hidden, without shell and home folder, with a random
password that nobody knows. For root. An account that is there already is never taken over, changed or deleted.

  create    makes it, by an administrator who has a secure token; cut off anywhere, it goes on when called again
  status    what there is, and what is wrong with it; tries no password
  rotate    gives it a new password; the old one counts until the new one has proved right
  delete    deletes it and its password; only the very account that upkeep made

  --admin USER       the administrator; the password is asked for without being shown, or read from standard input
  --standard         no administrator: it can then neither give secure tokens nor change its own password
  --replace          another credential that is saved goes, once the account is finished
  --password-fd N    read the administrator’s password from this open file descriptor
  --root DIR         a simulated Mac below this folder instead of this one
  --json             the answer as one JSON object (schema upkeep.service-account/1)

\`status\` ends with 69 where there is none, 77 where something about it is wrong. docs/service-account.md`,
  options: {
    admin: { type: 'string' },
    standard: { type: 'boolean' },
    replace: { type: 'boolean' },
    'password-fd': { type: 'string' },
    root: { type: 'string' },
    json: { type: 'boolean' },
  },
  positionals: { min: 0, max: 1 },
  misused,
  run: async (values, [subcommand = ''], io) => {
    if (!Object.hasOwn(SUBCOMMANDS, subcommand)) throw misused();
    const { run, options } = SUBCOMMANDS[subcommand as keyof typeof SUBCOMMANDS];
    const allowed: string[] = [...options, 'root', 'json'];
    if (Object.keys(values).some((name) => !allowed.includes(name))) throw misused();
    if (subcommand === 'create' && values.admin === undefined) {
      throw new UpkeepError('usage.wrong', 'no administrator is named.', {
        remedy: '`sudo upkeep service-account create --admin USER`, an administrator who has a secure token.',
      });
    }
    return run(await authGround(values), values, io);
  },
};

function misused(): UpkeepError {
  return misusedSecret('service-account');
}
