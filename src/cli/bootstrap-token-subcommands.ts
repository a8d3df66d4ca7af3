import { type EscrowOutcome, escrowBootstrapToken, mayEscrow } from '../adapters/bootstrap-token/escrow.ts';
import { lookAtToken, type TokenSighting } from '../adapters/bootstrap-token/look-at-token.ts';
import { hostOf } from '../adapters/bootstrap-token/mdm-server.ts';
import { savedAdministrator } from '../adapters/bootstrap-token/saved-administrator.ts';
import { AgentCredentials } from '../adapters/credentials/agent-credentials.ts';
import { fitAdministrator } from '../adapters/credentials/fit-administrator.ts';
import type { BootstrapToken, BootstrapTokenState } from '../domain/bootstrap-token.ts';
import type { AuthGround } from './auth-ground.ts';
import type { Io, Values } from './command.ts';
import { administratorIn, type ServiceSubcommand } from './service-subcommands.ts';

const SCHEMA = 'upkeep.bootstrap-token/1';

export const statusOfToken: ServiceSubcommand = async (ground, values, io) => show(ground, values, io, false);

export const validateToken: ServiceSubcommand = async (ground, values, io) => show(ground, values, io, true);

async function show(ground: AuthGround, values: Values, io: Io, check: boolean): Promise<number> {
  const { parts, token, alone } = ground;
  const { seen, isCutOff } = await alone(async () => ({
    seen: await lookAtToken({ commands: parts.commands, http: token.http }, { check }),
    isCutOff: token.file.read().replacing !== null,
  }));
  const interrupted = isCutOff && seen.token.state === 'not-escrowed';
  const { enrolment } = seen;
  const { server = null, ...terms } = enrolment.known ? enrolment.value : {};
  const json = {
    ...seen.token,
    checked: check,
    interrupted,
    enrolment: enrolment.known ? { ...terms, server: server === null ? null : hostOf(server) } : null,
  };
  const words = [
    `${STATE_WORDS[seen.token.state]}${whyOf(seen.token, check)}.`,
    `  ${serverWords(seen)}`,
    ...(seen.token.needed === false ? ['  On an Intel Mac updates do not need it.'] : []),
    ...(interrupted
      ? ['  An escrow was cut off after the old token was removed; `sudo upkeep bootstrap-token escrow` ends it.']
      : []),
    ...(interrupted ? [] : next(seen.token.state, check)),
  ];
  tell(values, io, json, `${words.join('\n')}\n`);
  return EXIT[seen.token.state];
}

export const escrowToken: ServiceSubcommand = async ({ parts, service, token, alone }, values, io) => {
  const isNamed = values.admin !== undefined;
  // All that can be said against it is said before anybody types a password.
  const good = await alone(async () => {
    const before = await mayEscrow({ ...parts, ...token });
    if (before.state === 'valid') return before;
    if (isNamed) await fitAdministrator(parts.commands, String(values.admin));
    return null;
  });
  if (good !== null) return tellOutcome(values, io, { did: 'nothing', token: good, by: null });
  const typed = isNamed ? await administratorIn(values, io) : null;
  const outcome = await alone(async () => {
    // The lock is held already.
    const credentials = new AgentCredentials({ ...service, lock: () => ({ release: () => {} }) });
    return escrowBootstrapToken({ ...parts, ...token, credentials }, typed ?? (await savedAdministrator(service)));
  });
  return tellOutcome(values, io, outcome);
};

function tellOutcome(values: Values, io: Io, outcome: EscrowOutcome): number {
  tell(values, io, { ...outcome.token, did: outcome.did, by: outcome.by }, `${outcomeWords(outcome)}\n`);
  return EXIT[outcome.token.state];
}

function tell(values: Values, io: Io, json: object, words: string): void {
  io.out(values.json === true ? `${JSON.stringify({ schema: SCHEMA, ...json }, null, 2)}\n` : words);
}

const EXIT: Record<BootstrapTokenState, number> = {
  valid: 0,
  'escrowed-unproven': 0,
  unsupported: 69,
  'not-escrowed': 69,
  unknown: 75,
  unusable: 77,
};

const STATE_WORDS: Record<BootstrapTokenState, string> = {
  valid: 'The bootstrap token is escrowed and of use',
  'escrowed-unproven': 'A bootstrap token is escrowed; nothing proves that it is of use',
  unusable: 'A bootstrap token is escrowed and of no use',
  'not-escrowed': 'No bootstrap token is escrowed',
  unsupported: 'No MDM server keeps a bootstrap token for this Mac',
  unknown: 'It is not known how it stands with the bootstrap token',
};

function whyOf({ why, state }: BootstrapToken, check: boolean): string {
  return why === null || (state === 'escrowed-unproven' && !check) ? '' : `: ${why}`;
}

function serverWords({ enrolment }: TokenSighting): string {
  if (!enrolment.known) return `How the Mac is enrolled is not known: ${enrolment.why}.`;
  const { enrolled, server, dep, userApproved } = enrolment.value;
  if (!enrolled) return 'The Mac is not enrolled.';
  const how = [...(dep ? ['by Automated Device Enrollment'] : []), ...(userApproved ? ['approved'] : ['not approved'])];
  return `Enrolled with ${hostOf(server ?? '') ?? 'a server without a name'}, ${how.join(', ')}.`;
}

function next(state: BootstrapTokenState, check: boolean): string[] {
  if (state === 'escrowed-unproven' && !check) return ['  `sudo upkeep bootstrap-token validate` asks whether it is.'];
  if (state !== 'not-escrowed' && state !== 'unusable') return [];
  return ['  `sudo upkeep bootstrap-token escrow` mends it.'];
}

function outcomeWords({ did, token, by }: EscrowOutcome): string {
  const done = {
    nothing: by === null ? 'Nothing was done.' : `Nothing was changed; “${by}” proved it.`,
    escrowed: `A new bootstrap token was sent to the server, by “${by}”.`,
    replaced: `The old bootstrap token was removed and a new one sent to the server, by “${by}”.`,
  }[did];
  return `${done} ${STATE_WORDS[token.state]}${whyOf(token, true)}.`;
}
