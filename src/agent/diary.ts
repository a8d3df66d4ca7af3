import { count } from '../domain/instant.ts';
import { reasonInWords } from '../domain/reason.ts';
import { explain, stateName } from '../machines/explain.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Committed } from './reactor.ts';

/** What an effect does, as the beginning of a sentence. */
const UNDER_WAY: Record<string, string> = {
  gatherFacts: 'Looking at the Mac',
  download: 'Downloading the update',
  showDialog: 'Showing a dialog',
  askPassword: 'Asking for the password',
  unlockCredential: 'Fetching the saved password',
  install: 'Installing the update',
  rotatePassword: 'Changing the password of the service account',
  repairToken: 'Having a new bootstrap token sent to the management server',
};

/**
 * Writes the diary of a wake: one line for each effect that starts and ends, one for each place the agent comes to with
 * its reasons, one for each request. Everything in it is in the journal too; the log is for whoever reads along.
 */
export function diary(log: Log, clock: Clock): (committed: Committed) => void {
  const running = new Map<number, { name: string; sinceMs: number }>();
  let placeBefore = '';
  return ({ type, value, context, started, ended }) => {
    const state = stateName(value);
    const zone = context.facts?.zone ?? context.ledger.target?.zone ?? 'UTC';
    const about = {
      state,
      event: type,
      ...(context.ledger.target === null ? {} : { target: context.ledger.target.title }),
    };
    for (const { key, ending } of ended) {
      const effect = running.get(key);
      running.delete(key);
      if (effect === undefined) continue;
      const durationMs = Math.round(clock.monotonicMs() - effect.sinceMs);
      const words = `${UNDER_WAY[effect.name] ?? effect.name}: ${ENDINGS[ending]}`;
      const fields = { ...about, effect: effect.name, durationMs };
      if (ending === 'error') log.warn(words, fields);
      else log.info(words, fields);
    }
    if (type === 'request.heard' && context.ledger.lastRequest !== null) {
      const { kind, by, accepted, words } = context.ledger.lastRequest;
      const who = by.kind === 'admin' ? 'an administrator' : `user ${by.uid}`;
      log.info(`Asked by ${who} (${kind}): ${accepted ? '' : 'refused, '}${words}`, about);
    }
    if (type === 'state.recovered')
      log.warn('Goes on with what people were promised; the state before was lost', about);
    // Work is told by the effects; a place is news where the agent rests, or where it decided to do something.
    if (state !== placeBefore && !LOOKING.has(state)) {
      const { what, next, problems } = explain(value, context, clock.now());
      const because = context.because.map((reason) => reasonInWords(reason, zone)).join('; ');
      const rests = context.wakeAt !== null && next !== null && RESTING.test(state);
      const line = `${what}${because === '' ? '' : `, because ${because}`}${rests ? `. Next: ${next.text}` : ''}`;
      const [problem] = problems;
      const fields = {
        ...about,
        ...(rests ? { nextWake: context.wakeAt } : {}),
        ...(problem === undefined ? {} : { problem: problem.code }),
      };
      if (problem === undefined) log.info(line, fields);
      else log.warn(`${line} (${count(problems.length, 'problem')})`, fields);
    }
    placeBefore = state;
    for (const { key, name } of started) {
      running.set(key, { name, sinceMs: clock.monotonicMs() });
      log.info(`${UNDER_WAY[name] ?? name}: started`, { ...about, effect: name });
    }
  };
}

const LOOKING: ReadonlySet<string> = new Set(['assessing', 'validating']);
const RESTING = /^(?:resting\.|restarting$|unvalidated$)/;

const ENDINGS: Record<Committed['ended'][number]['ending'], string> = {
  done: 'done',
  error: 'failed',
  stopped: 'stopped, no longer wanted',
};
