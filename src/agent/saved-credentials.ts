import { AgentCredentials } from '../adapters/credentials/agent-credentials.ts';
import { servicePartsIn } from '../adapters/credentials/service-parts.ts';
import { SavedPushServer } from '../adapters/mdm/saved-push-server.ts';
import type { Places } from '../adapters/places.ts';
import type { MdmSettings } from '../domain/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import type { Http } from '../ports/http.ts';
import { lockCredentials } from '../store/lock.ts';

/** The credentials that are saved on this Mac. */
export function savedCredentials({ state }: Places, commands: Commands, clock: Clock): AgentCredentials {
  return new AgentCredentials({ ...servicePartsIn(state, { commands, clock }), lock: () => lockCredentials(state) });
}

/** The management server of these settings, with what is saved for it on this Mac. */
export function savedPushServer(
  { state }: Places,
  parts: { commands: Commands; clock: Clock; http: Http | null; settings: () => MdmSettings | null },
): SavedPushServer {
  const { store, attempts } = servicePartsIn(state, parts);
  return new SavedPushServer({ ...parts, store, attempts, lock: () => lockCredentials(state) });
}
