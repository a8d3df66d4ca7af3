import { randomInt } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import { AttemptsFile } from './attempts-file.ts';
import { CredentialStore } from './credential-store.ts';
import { type PrivateFiles, privateFiles } from './private-files.ts';
import type { ServiceParts } from './service-account.ts';
import { ServiceRecordFile } from './service-record.ts';

/** What works with credentials, over the tools of a Mac and the files of its state. `files` and `pick` are for simulations. */
export function servicePartsIn(
  folder: string,
  { commands, clock }: { commands: Commands; clock: Clock },
  { files = privateFiles, pick = randomInt }: { files?: PrivateFiles; pick?: (below: number) => number } = {},
): ServiceParts {
  return {
    commands,
    clock,
    attempts: new AttemptsFile(folder, files),
    store: new CredentialStore({ commands, clock, folder, files }),
    record: new ServiceRecordFile(folder, files),
    pick,
  };
}
