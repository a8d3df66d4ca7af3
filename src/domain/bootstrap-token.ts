import type { Fact } from './facts.ts';
import { compareVersions } from './os-version.ts';

/** How this Mac is enrolled. `server` is what the Mac calls; its path may hold what is nobody's business, its host not. */
export type Enrolment = { dep: boolean; enrolled: boolean; userApproved: boolean; server: string | null };

/** What the Mac believes about its bootstrap token. That it is escrowed only means that it was sent once. */
export type EscrowStatus = { supported: boolean; escrowed: boolean };

/**
 * - `unsupported`: no server keeps one for this Mac
 * - `not-escrowed`: the server would keep one and has none
 * - `escrowed-unproven`: it was sent, and nothing here tells whether it is of use
 * - `unusable`: it was sent, the server answers, and the Mac does not get it back: it is lost, or not of this Mac
 * - `valid`: the Mac has just fetched it and it opened what it is for
 * - `unknown`: it could not be found out
 */
export const BOOTSTRAP_TOKEN_STATES = [
  'unsupported',
  'not-escrowed',
  'escrowed-unproven',
  'unusable',
  'valid',
  'unknown',
] as const;
export type BootstrapTokenState = (typeof BOOTSTRAP_TOKEN_STATES)[number];

/** `why` continues a sentence; null where there is nothing to add. `needed`: whether an update by MDM needs one. */
export type BootstrapToken = { state: BootstrapTokenState; why: string | null; needed: boolean | null };

/** What is known of the token. `preflight` null: the Mac answered and said nothing of it, as before macOS 13.3. */
export type BootstrapTokenFacts = {
  status: Fact<EscrowStatus>;
  preflight: Fact<string | null>;
  /** Whether the MDM server answers this Mac now. */
  server: Fact<boolean>;
  macOS: Fact<string>;
  appleSilicon: Fact<boolean>;
};

/** From here on the Mac tells whether it could erase itself, which takes the bootstrap token. */
const FIRST_PREFLIGHT = '13.3';

/**
 * How it stands with the bootstrap token. The preflight is one of an erase: what it says against the security policy or the
 * layout of the disk says nothing of the token, and a token that could not be fetched says nothing while the server may be
 * out of reach. Pure.
 */
export function bootstrapTokenOf(facts: BootstrapTokenFacts): BootstrapToken {
  const { status, appleSilicon } = facts;
  const needed = appleSilicon.known ? appleSilicon.value : null;
  if (!status.known) return { state: 'unknown', why: status.why, needed };
  if (!status.value.supported) return { state: 'unsupported', why: null, needed };
  if (!status.value.escrowed) return { state: 'not-escrowed', why: null, needed };
  return { ...validityOf(facts), needed };
}

function validityOf({ preflight, server, macOS }: BootstrapTokenFacts): Omit<BootstrapToken, 'needed'> {
  if (!hasPreflight(macOS)) return unproven(`macOS tells only from ${FIRST_PREFLIGHT} on whether it is of use`);
  if (!preflight.known) return unproven(`its use could not be checked: ${preflight.why}`);
  const said = preflight.value?.trim() ?? '';
  if (said === '') return unproven('macOS did not tell whether it is of use');
  if (/^success$/i.test(said)) return { state: 'valid', why: null };
  if (!couldNotFetch(said)) return unproven(`the check ended before it: ${said}`);
  if (!server.known) {
    return {
      state: 'unknown',
      why: `the Mac could not fetch it, and whether its server answers is not known: ${server.why}`,
    };
  }
  if (!server.value) return { state: 'unknown', why: 'the Mac could not fetch it, and its server does not answer' };
  return { state: 'unusable', why: 'the server answers, and the Mac does not get it back' };
}

/** Whether a preflight ended because the token did not come; then all hangs on whether the server answers. */
export function couldNotFetch(preflight: string): boolean {
  return /^unable to get bootstrap token/i.test(preflight.trim());
}

/** Whether macOS tells of the token's use at all; an unknown version may. */
export function hasPreflight(macOS: Fact<string>): boolean {
  return !macOS.known || compareVersions(macOS.value, FIRST_PREFLIGHT) >= 0;
}

function unproven(why: string): Omit<BootstrapToken, 'needed'> {
  return { state: 'escrowed-unproven', why };
}
