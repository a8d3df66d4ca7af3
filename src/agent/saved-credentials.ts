import { EscrowFile } from '../adapters/bootstrap-token/escrow-file.ts';
import { AgentCredentials } from '../adapters/credentials/agent-credentials.ts';
import { privateFiles } from '../adapters/credentials/private-files.ts';
import { servicePartsIn } from '../adapters/credentials/service-parts.ts';
import { dailyRecon } from '../adapters/mdm/jamf-pro/recon.ts';
import { ReconFile } from '../adapters/mdm/jamf-pro/recon-file.ts';
import { SavedPushServer } from '../adapters/mdm/saved-push-server.ts';
import type { Places } from '../adapters/places.ts';
import type { MdmSettings } from '../domain/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import type { Http } from '../ports/http.ts';
import { lockCredentials } from '../store/lock.ts';

/** The credentials that are saved on this Mac. `http` asks servers for it; null where none can be asked. */
export function savedCredentials(
  { state }: Places,
  commands: Commands,
  clock: Clock,
  http: Http | null = null,
): AgentCredentials {
  return new AgentCredentials({
    ...servicePartsIn(state, { commands, clock }),
    lock: () => lockCredentials(state),
    token: { http, file: new EscrowFile(state, privateFiles) },
  });
}

/** The management server of these settings, with what is saved for it on this Mac. */
export function savedPushServer(
  { state }: Places,
  parts: { commands: Commands; clock: Clock; http: Http | null; settings: () => MdmSettings | null },
): SavedPushServer {
  const { store, attempts } = servicePartsIn(state, parts);
  const recon = dailyRecon(parts, new ReconFile(state, privateFiles));
  return new SavedPushServer({ ...parts, store, attempts, recon, lock: () => lockCredentials(state) });
}
