import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import { type Credentials, noCredentials } from '../../ports/credentials.ts';
import { noPushServer, type PushServer } from '../../ports/push-service.ts';
import type { EffectBodies } from '../effect-runner.ts';
import { SecretKeeper } from '../secrets.ts';
import { askPassword } from './ask-password.ts';
import { download } from './download.ts';
import { gatherFacts } from './gather-facts.ts';
import { handOver } from './hand-over.ts';
import { install } from './install.ts';
import { push } from './push.ts';
import { repairToken } from './repair-token.ts';
import { showDialog } from './show-dialog.ts';
import { unlockCredential } from './unlock-credential.ts';

/** Every effect of the chart, over the tools of one Mac. */
export function allEffects(
  commands: Commands,
  clock: Clock,
  credentials: Credentials = noCredentials,
  server: PushServer = noPushServer,
): EffectBodies {
  const secrets = new SecretKeeper();
  return {
    gatherFacts: gatherFacts(commands, clock, credentials, server),
    download: download(commands),
    showDialog: showDialog(commands, clock),
    askPassword: askPassword({ commands, clock, secrets, credentials }),
    unlockCredential: unlockCredential(commands, credentials, secrets),
    install: install(commands, clock, secrets, credentials),
    push: push({ commands, clock, server }),
    handOver: handOver({ commands, clock, server }),
    repairToken: repairToken(credentials, secrets),
    rotatePassword: { run: ({ savedAt }) => credentials.rotate(savedAt) },
  };
}
