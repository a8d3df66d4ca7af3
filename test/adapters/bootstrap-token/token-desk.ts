// A bootstrap token on the simulated Mac of an office, with a server that can be asked over HTTP, and a death at any step.
import { type EscrowParts, escrowBootstrapToken } from '../../../src/adapters/bootstrap-token/escrow.ts';
import { EscrowFile } from '../../../src/adapters/bootstrap-token/escrow-file.ts';
import { lookAtToken } from '../../../src/adapters/bootstrap-token/look-at-token.ts';
import type { SavedAdministrator } from '../../../src/adapters/bootstrap-token/saved-administrator.ts';
import { AgentCredentials } from '../../../src/adapters/credentials/agent-credentials.ts';
import type { PrivateFiles } from '../../../src/adapters/credentials/private-files.ts';
import type { Administrator } from '../../../src/adapters/credentials/service-account.ts';
import { ServiceRecordFile } from '../../../src/adapters/credentials/service-record.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Http, HttpRequest, HttpResult } from '../../../src/ports/http.ts';
import type { MacSpecInput } from '../../../src/simulator/mac/mac-spec.ts';
import type { VirtualMac } from '../../../src/simulator/mac/virtual-mac.ts';
import { canary } from '../../support/canary.ts';
import { type Death, desk, FOLDER } from '../credentials/desk.ts';

export { Killed } from '../credentials/desk.ts';

/** Passwords that stand nowhere else. */
export const BERT = canary('bert', (it) => `zebra-Quilt ${it} of bert`);
export const ANNA = canary('anna', (it) => `Mango-lattice ${it} of anna`);

/** anna is a standard user who owns the disk; bert is an administrator who does too. */
const PEOPLE: MacSpecInput = {
  password: ANNA,
  passwordPolicy: { lockoutAfter: 6, lockoutMinutes: 15 },
  accounts: [{ name: 'bert', fullName: 'Bert Admin', password: BERT, admin: true, secureToken: true }],
};

export const bert = (password = BERT): Administrator => ({ name: 'bert', password: new Secret(password) });

/** A server that answers whenever the Mac could reach it, and what it was asked. */
export class ServerOf implements Http {
  readonly requests: HttpRequest[] = [];
  status = 200;
  readonly #mac: VirtualMac;

  constructor(mac: VirtualMac) {
    this.#mac = mac;
  }

  async send(request: HttpRequest): Promise<HttpResult> {
    this.requests.push(request);
    if (!this.#mac.online() || this.#mac.faults.mdmServerDown()) {
      return { kind: 'failed', why: 'unreachable', detail: 'nobody there', maybeDone: false };
    }
    return { kind: 'answer', answer: { status: this.status, headers: {}, cookies: [], body: new Secret('') } };
  }
}

export function tokenDesk(more: MacSpecInput = {}) {
  const one = desk({ ...PEOPLE, ...more });
  const http = new ServerOf(one.mac);
  const life = (death: Death = null) => {
    const { store, parts: verify, files, steps } = one.process(death);
    const record = new ServiceRecordFile(FOLDER, files);
    const lock = () => ({ release: () => {} });
    const credentials = new AgentCredentials({ ...verify, store, record, pick: () => 1, lock });
    const file = new EscrowFile(FOLDER, files as PrivateFiles);
    const parts: EscrowParts = { ...verify, http, file, credentials };
    return { parts, store, steps };
  };
  return {
    ...one,
    http,
    life,
    escrow: (by: Administrator | SavedAdministrator = bert(), parts = life().parts) => escrowBootstrapToken(parts, by),
    look: () => one.run(lookAtToken(life().parts, { check: true })),
    record: () => life().parts.file.read(),
    /** How often each order about the token was given. */
    orders: () => {
      const counts = one.mac.callCounts();
      const of = (verb: string) => counts[`profiles.${verb}-bootstrap-token`] ?? 0;
      return { install: of('install'), remove: of('remove'), validate: of('validate') };
    },
    failures: (name = 'bert') => one.mac.accounts.named(name)?.failedLogins,
    /** Everything that others could see of what ran, and all that was written. */
    seen: () =>
      [...one.mac.calls.flatMap(({ args, exposed }) => [...args, ...exposed]), ...one.disk.values()].join('\n'),
  };
}

export type TokenDesk = ReturnType<typeof tokenDesk>;
