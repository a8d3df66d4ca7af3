import { capitalized } from '../../domain/words.ts';

/**
 * How it stands with one thing. `attention`: it works now, or somebody has to decide; `broken`: an update will fail for
 * it; `unknown`: it could not be found out, and nothing is concluded.
 */
export type Mark = 'ok' | 'attention' | 'broken' | 'unknown';

/** Stable names of what an examination can find; what stands before the dot is its group (docs/doctor.md). */
export type FindingCode =
  | 'tools.there'
  | 'tools.missing'
  | 'tools.no-dialog'
  | 'tools.dialog-open'
  | 'tools.dialog-unknown'
  | 'tools.unknown'
  | 'tokens.there'
  | 'tokens.none'
  | 'tokens.only-disabled'
  | 'tokens.no-administrator'
  | 'tokens.contradicted'
  | 'tokens.not-needed'
  | 'tokens.unknown'
  | 'owners.there'
  | 'owners.none'
  | 'owners.only-recovery'
  | 'owners.only-bootstrap-token'
  | 'owners.only-deleted'
  | 'owners.only-disabled'
  | 'owners.bootstrap-token'
  | 'owners.no-bootstrap-token'
  | 'owners.not-needed'
  | 'owners.unknown'
  | 'person.ready'
  | 'person.nobody'
  | 'person.not-local'
  | 'person.no-token'
  | 'person.not-owner'
  | 'person.not-needed'
  | 'person.unknown'
  | 'authority.root'
  | 'authority.method'
  | 'authority.person'
  | 'authority.later'
  | 'authority.nobody'
  | 'authority.unknown'
  | 'method.ready'
  | 'method.failing'
  | 'method.unknown'
  | 'keychain.root-only'
  | 'keychain.open'
  | 'keychain.empty'
  | 'keychain.unknown'
  | 'service-account.healthy'
  | 'service-account.unfinished'
  | 'service-account.missing'
  | 'service-account.renamed'
  | 'service-account.disabled'
  | 'service-account.no-token'
  | 'service-account.not-owner'
  | 'service-account.altered'
  | 'service-account.half-rotated'
  | 'service-account.rotation-overdue'
  | 'service-account.unknown'
  | 'password.verified'
  | 'password.drifted'
  | 'password.wrong'
  | 'password.unknown'
  | 'lockout.clear'
  | 'lockout.near'
  | 'lockout.locked'
  | 'lockout.threshold-unknown'
  | 'lockout.unknown'
  | 'enrolment.clear'
  | 'enrolment.same-name'
  | 'enrolment.failed'
  | 'enrolment.no-jamf'
  | 'enrolment.unknown'
  | 'bootstrap-token.valid'
  | 'bootstrap-token.unproven'
  | 'bootstrap-token.unusable'
  | 'bootstrap-token.not-escrowed'
  | 'bootstrap-token.unsupported'
  | 'bootstrap-token.interrupted'
  | 'bootstrap-token.not-managed'
  | 'bootstrap-token.not-needed'
  | 'bootstrap-token.unknown'
  | 'server.lets-in'
  | 'server.knows-mac'
  | 'server.means'
  | 'server.privileges'
  | 'server.refused'
  | 'server.unreachable'
  | 'server.not-this-mac'
  | 'server.feature-off'
  | 'server.no-means'
  | 'server.not-saved'
  | 'server.not-named'
  | 'server.account'
  | 'server.more-than-needed'
  | 'server.fleet-key'
  | 'server.unknown'
  | 'filevault.on'
  | 'filevault.off'
  | 'filevault.deferred'
  | 'filevault.busy'
  | 'filevault.waits-for-restart'
  | 'filevault.unknown'
  | 'filevault.recovery-key'
  | 'filevault.no-recovery-key'
  | 'filevault.recovery-key-unknown'
  | 'filevault.authrestart'
  | 'filevault.no-authrestart'
  | 'filevault.authrestart-unknown'
  | 'filevault.unlocks-start'
  | 'filevault.unlocks-nothing'
  | 'filevault.unlocks-unknown'
  | 'upkeep.well'
  | 'upkeep.unwell'
  | 'upkeep.stopped'
  | 'upkeep.never-ran'
  | 'upkeep.unknown';

export type Finding = {
  code: FindingCode;
  mark: Mark;
  /** What was found, in one sentence. */
  what: string;
  /** What that means for updates. */
  means: string;
  /** What to do about it; null where there is nothing to do. */
  remedy: string | null;
  /** The lines it was seen by. */
  quotes?: string[];
};

/** A finding that needs nobody. */
export function ok(code: FindingCode, what: string, means: string): Finding {
  return { code, mark: 'ok', what, means, remedy: null };
}

export function attention(code: FindingCode, what: string, means: string, remedy: string): Finding {
  return { code, mark: 'attention', what, means, remedy };
}

export function broken(code: FindingCode, what: string, means: string, remedy: string): Finding {
  return { code, mark: 'broken', what, means, remedy };
}

/** `why` is the reason as the probe gave it. */
export function notKnown(code: FindingCode, what: string, why: string, remedy = TRY_AGAIN): Finding {
  const rooted = why === ONLY_ROOT;
  return { code, mark: 'unknown', what, means: sentence(why), remedy: rooted ? AS_ROOT : remedy };
}

/** The reason of every fact that was not asked for, because the Mac tells it to root alone. */
export const ONLY_ROOT = 'only root may ask for it';

const AS_ROOT = 'Run it with `sudo`.';
const TRY_AGAIN = 'Run the tool by hand; `upkeep parse` shows what upkeep reads out of its answer.';

/** A reason as a sentence of its own. */
export function sentence(text: string): string {
  // Names of commands and files stay as they are.
  const begun = /^\w+[./]/.test(text) ? text : capitalized(text);
  return /[.?!:…]$/.test(begun) ? begun : `${begun}.`;
}

/** “anna”, “anna and bert”, “anna, bert and carl”. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** The first of many names, and how many more there are. */
export function shortList(names: readonly string[], most = 8): string {
  const more = names.length - most;
  return more <= 1 ? names.join('; ') : `${names.slice(0, most).join('; ')}; and ${more} more`;
}
