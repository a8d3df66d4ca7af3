// A Mac of an office that a Jamf Pro in memory manages, its keychain, and settings that name that server.
import { AgentCredentials } from '../../../src/adapters/credentials/agent-credentials.ts';
import type { ServerParts } from '../../../src/adapters/mdm/open-server.ts';
import { SavedPushServer } from '../../../src/adapters/mdm/saved-push-server.ts';
import { holderText, type MdmCredential } from '../../../src/domain/mdm-credential.ts';
import type { MdmSettings } from '../../../src/domain/settings.ts';
import { defaultSettings } from '../../../src/policy/schema.ts';
import type { MacSpecInput } from '../../../src/simulator/mac/mac-spec.ts';
import { desk } from '../credentials/desk.ts';
import { ACCOUNT, CLIENT, fakeJamf, record } from './jamf-pro/fake-jamf.ts';

export { ACCOUNT, ACCOUNT_WORD, apiError, broken, CLIENT, CLIENT_WORD, PLANS } from './jamf-pro/fake-jamf.ts';

const INVENTORY = 'GET /api/v4/computers-inventory';
const CHECKED_INVENTORY = 'GET /api/v1/computers-inventory';

export function serverDesk(mdm: Partial<MdmSettings> = {}, spec: MacSpecInput = {}) {
  const one = desk({ bootstrapToken: true, ...spec });
  const jamf = fakeJamf();
  jamf.server.computers = [record({ udid: one.mac.enrolment.udid })];
  jamf.always(CHECKED_INVENTORY, (got) => jamf.ordinary(INVENTORY, got));
  const settings: MdmSettings = { ...defaultSettings.mdm, service: 'jamf-pro', ...mdm };
  const server: ServerParts = { commands: one.commands, clock: one.mac.clock, http: jamf.http, random: () => 0.5 };
  const { store, parts } = one.process();
  const records = { store, attempts: parts.attempts, lock: () => ({ release: () => {} }) };
  const saved = (inForce: MdmSettings | null = settings, more: Partial<ServerParts> = {}) =>
    new SavedPushServer({ ...server, ...records, ...more, settings: () => inForce });
  /** Saves it as if the server had let us in just now. */
  const save = (credential: MdmCredential = CLIENT) => {
    const [name, secret] =
      credential.kind === 'client' ? [credential.id, credential.secret] : [credential.name, credential.password];
    const account = holderText({ kind: credential.kind, name });
    const verifiedAt = one.mac.world.wall();
    return one.run(
      store.save({ method: 'mdm', account, uid: null, secret, verifiedAt }, { replace: false, severalSaved: true }),
    );
  };
  return { ...one, jamf, settings, server, store, parts, records, saved, save };
}

/** What the account of a server holds, as it tells the account itself. */
export function heldBy(one: ReturnType<typeof serverDesk>, privileges: readonly string[]): void {
  const body = { account: { username: ACCOUNT.name, privilegesBySite: { '-1': privileges } }, sites: [] };
  one.jamf.always('GET /api/v1/auth', { status: 200, body });
}

export const ALL_PRIVILEGES = [
  'Read Managed Software Updates',
  'Create Managed Software Updates',
  'Read Computers',
  'Read Mobile Devices',
  'Send Computer Remote Command to Download and Install OS X Update',
  'Send Mobile Device Remote Command to Download and Install iOS Update',
  'View MDM command information in Jamf Pro API',
];

/** The passwords of the same Mac, for whoever must leave the server's credential alone. */
export function agentOf(one: ReturnType<typeof serverDesk>): AgentCredentials {
  return new AgentCredentials({
    ...one.parts,
    store: one.store,
    record: { read: () => null } as never,
    pick: () => 0,
    lock: () => ({ release: () => {} }),
  });
}
