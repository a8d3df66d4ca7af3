import {
  type BootstrapToken,
  type BootstrapTokenFacts,
  bootstrapTokenOf,
  couldNotFetch,
  type Enrolment,
  hasPreflight,
} from '../../domain/bootstrap-token.ts';
import { type Fact, known, unknown } from '../../domain/facts.ts';
import { isExpected } from '../../domain/problem.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Http } from '../../ports/http.ts';
import type { Command } from '../commands/command.ts';
import { arm64, runningRelease } from '../commands/fact-commands.ts';
import { deviceInformation, enrolmentStatus, escrowStatus } from '../commands/mdm-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import { serverAnswers } from './mdm-server.ts';

/** `http` null: no server can be asked, as for a simulated Mac. */
export type LookParts = { commands: Commands; http: Http | null };
/**
 * `check`: also whether the token is of use, over the network. `server`: whether the server answers, whatever the Mac says.
 * `answered`: it has just answered whoever asks this, and need not be asked.
 */
export type LookOptions = { check: boolean; server?: boolean; answered?: true; signal?: AbortSignal };

export type TokenSighting = BootstrapTokenFacts & { enrolment: Fact<Enrolment>; token: BootstrapToken };

/** How it stands with the bootstrap token. Needs root, changes nothing, tries no password. */
export async function lookAtToken({ commands, http }: LookParts, options: LookOptions): Promise<TokenSighting> {
  const { check, signal } = options;
  const ask = <I, O>(command: Command<I, O, 'probe'>, input: I) =>
    factOf(() => runCommand(commands, command, input, signal === undefined ? {} : { signal }));
  const enrolment = await ask(enrolmentStatus, undefined);
  const status = await ask(escrowStatus, undefined);
  const release = await ask(runningRelease, undefined);
  const chip = await ask(arm64, undefined);
  const macOS: Fact<string> = release.known ? known(release.value.version) : release;
  const appleSilicon: Fact<boolean> = chip.known ? known(chip.value.appleSilicon) : chip;

  const isEscrowed = status.known && status.value.supported && status.value.escrowed;
  let preflight: Fact<string | null> = unknown('it was not asked for');
  if (check && isEscrowed && hasPreflight(macOS)) {
    const told = await ask(deviceInformation, undefined);
    preflight = told.known ? known(told.value.EACSPreflight) : told;
  }
  let server: Fact<boolean> = unknown('it was not asked');
  const isDoubtful = preflight.known && couldNotFetch(preflight.value ?? '');
  if (options.answered) server = known(true);
  else if (options.server === true || isDoubtful) server = await askServer(http, enrolment, signal);
  const facts = { status, preflight, server, macOS, appleSilicon };
  return { ...facts, enrolment, token: bootstrapTokenOf(facts) };
}

async function askServer(http: Http | null, enrolment: Fact<Enrolment>, signal?: AbortSignal): Promise<Fact<boolean>> {
  if (!enrolment.known) return enrolment;
  const { server } = enrolment.value;
  return server === null ? unknown('the Mac is not enrolled') : serverAnswers(http, server, signal);
}

async function factOf<T>(look: () => Promise<T>): Promise<Fact<T>> {
  try {
    return known(await look());
  } catch (error) {
    if (!isExpected(error)) throw error;
    return unknown(error.message.replace(/\.$/, ''));
  }
}
