import { authGround } from '../auth-ground.ts';
import { escrowToken, statusOfToken, validateToken } from '../bootstrap-token-subcommands.ts';
import type { CliCommand } from '../command.ts';
import { misusedSecret } from '../misused-secret.ts';

const SUBCOMMANDS = {
  status: { run: statusOfToken, options: [] },
  validate: { run: validateToken, options: [] },
  escrow: { run: escrowToken, options: ['admin', 'password-fd'] },
};
const misused = () => misusedSecret('bootstrap-token');

export const bootstrapToken: CliCommand = {
  name: 'bootstrap-token',
  help: `upkeep bootstrap-token status
upkeep bootstrap-token validate
upkeep bootstrap-token escrow [--admin USER] [--password-fd N]

The token by which a management server authorises installs on Apple silicon. For root.

  status     whether the server takes one and whether one was sent; asks nobody but this Mac
  validate   whether it is of use: the Mac fetches it from the server; tries no password
  escrow     has the Mac make a new one and send it, and looks whether the server gives it back. By an administrator who
             has a secure token: USER, or a saved account that is one. Nobody’s rights are raised. A good one is left alone

  --admin USER       the administrator; the password is asked for without being shown, or read from standard input
  --password-fd N    read the administrator’s password from this open file descriptor
  --root DIR         a simulated Mac below this folder instead of this one
  --json             the answer as one JSON object (schema upkeep.bootstrap-token/1)

Exit code 0 where one is escrowed, 69 where none is or none can be, 77 where it is of no use, 75 where that is not known or
it is to be tried later, 70 where the server did not keep a new one. docs/bootstrap-token.md`,
  options: {
    admin: { type: 'string' },
    'password-fd': { type: 'string' },
    root: { type: 'string' },
    json: { type: 'boolean' },
  },
  positionals: { min: 1, max: 1 },
  misused,
  run: async (values, [subcommand = ''], io) => {
    if (!Object.hasOwn(SUBCOMMANDS, subcommand)) throw misused();
    const { run, options } = SUBCOMMANDS[subcommand as keyof typeof SUBCOMMANDS];
    const allowed: string[] = [...options, 'root', 'json'];
    if (Object.keys(values).some((name) => !allowed.includes(name))) throw misused();
    // A password that nobody would use is better not given.
    if (values['password-fd'] !== undefined && values.admin === undefined) throw misused();
    return run(await authGround(values), values, io);
  },
};
