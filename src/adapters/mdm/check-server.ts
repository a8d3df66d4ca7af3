import type { MethodTrouble } from '../../domain/authority.ts';
import type { Instant } from '../../domain/instant.ts';
import type { MdmCredential } from '../../domain/mdm-credential.ts';
import type { PushFailure, PushTrouble } from '../../domain/push.ts';
import type { MdmSettings } from '../../domain/settings.ts';
import { type OpenedServer, openServer, type ServerParts } from './open-server.ts';

/** `unproven` and `beyond` as in `PrivilegeCheck`. `why` continues a sentence and holds no secret. */
export type ServerCheck =
  | { fit: true; at: Instant; unproven: string[]; beyond: string[] | null }
  | { fit: false; trouble: Exclude<MethodTrouble, 'not-set'>; why: string };

/**
 * Whether a credential lets us into the server and may do there what upkeep needs. Changes nothing at the server, and gives
 * back the token that it takes.
 */
export async function checkServer(
  parts: ServerParts,
  settings: MdmSettings,
  credential: MdmCredential,
  signal?: AbortSignal,
): Promise<ServerCheck> {
  const opened = await openServer(parts, settings, credential, signal);
  if ('why' in opened) return { fit: false, trouble: 'unknown', why: opened.why };
  try {
    const rights = await privilegesOf(opened, signal);
    if ('failed' in rights) return unfit(rights.failed);
    const { missing, unproven, beyond } = rights;
    if (missing.length === 0) return { fit: true, at: parts.clock.now(), unproven, beyond };
    const holder = credential.kind === 'client' ? 'the role of the API client' : 'the account';
    return { fit: false, trouble: 'no-privilege', why: `${holder} lacks ${missing.join('; ')}` };
  } finally {
    await opened.service.close();
  }
}

/** A server that knows no privileges lets in or does not. */
async function privilegesOf({ service }: OpenedServer, signal?: AbortSignal) {
  if (service.privileges !== undefined) return service.privileges(signal);
  const seen = await service.look(signal);
  return 'failed' in seen ? seen : { missing: [], unproven: [], beyond: null };
}

const unfit = ({ trouble, detail }: PushFailure): ServerCheck => ({
  fit: false,
  trouble: troubleOf(trouble),
  why: detail,
});

/** What a failure of the server means for it as a way to be authorised. */
export function troubleOf(trouble: PushTrouble): Exclude<MethodTrouble, 'not-set'> {
  switch (trouble) {
    case 'server-unreachable':
    case 'server-busy':
    case 'server-failed':
      return 'server-unreachable';
    case 'credential-refused':
      return 'wrong-password';
    case 'privilege-missing':
      return 'no-privilege';
    case 'bootstrap-token':
      return 'bootstrap-token';
    default:
      return 'command-failed';
  }
}
