import { requireFileVault, rotateRecoveryKey } from '../../adapters/credentials/rotate-recovery-key.ts';
import { UpkeepError } from '../../domain/problem.ts';
import { authGround } from '../auth-ground.ts';
import type { CliCommand } from '../command.ts';
import { misusedSecret } from '../misused-secret.ts';
import { administratorIn, tell } from '../service-subcommands.ts';

const ESCROW =
  'Whether a management server has it is up to that server: upkeep sends it nowhere. Look there before you rely on it.';
const misused = () => misusedSecret('filevault');

export const filevault: CliCommand = {
  name: 'filevault',
  help: `upkeep filevault rotate-recovery-key [--admin USER] [--password-fd N] [--show]

Makes a new personal recovery key of FileVault; the old one opens nothing any more. The service account authorises it, or
USER, whose password is asked for without being shown. For root.

  --admin USER       an account that can unlock the disk, instead of the service account
  --password-fd N    read the password of USER from this open file descriptor
  --show             print the new key: on a terminal, or into a pipe with --json; else only a management server gets it
  --root DIR         a simulated Mac below this folder instead of this one
  --json             the answer as one JSON object (schema upkeep.service-account/1)

upkeep sends the key nowhere: to have it escrowed is the business of the management server. docs/service-account.md`,
  options: {
    admin: { type: 'string' },
    'password-fd': { type: 'string' },
    show: { type: 'boolean' },
    root: { type: 'string' },
    json: { type: 'boolean' },
  },
  positionals: { min: 0, max: 1 },
  misused,
  run: async (values, [verb], io) => {
    if (verb !== 'rotate-recovery-key') throw misused();
    const show = values.show === true;
    // Refused before anything changes: a key that ends up in a log file is everybody’s.
    if (show && !io.outIsTerminal && values.json !== true) {
      throw new UpkeepError('usage.wrong', '--show prints the key on a terminal, or into a pipe with --json.', {
        remedy: 'Add --json if whatever reads the output is to get the key. Nothing was changed.',
      });
    }
    const { service, alone } = await authGround(values);
    await requireFileVault(service);
    const by = values.admin === undefined ? null : await administratorIn(values, io);
    const key = await alone(() => rotateRecoveryKey(service, by));
    const shown = show ? key.expose((plain) => plain) : null;
    const words = `There is a new recovery key${shown === null ? '' : `: ${shown}`}\nThe old one opens nothing any more. ${ESCROW}\n`;
    tell(values, io, { rotated: true, escrow: 'management-server', key: shown }, words);
    return 0;
  },
};
