import type { DeadlineSchedule } from '../domain/deadlines.ts';
import { count, lengthWords, localWords, MINUTE_MS } from '../domain/instant.ts';
import type { PromptKind } from '../domain/ledger.ts';
import { reached, releaseWords } from '../domain/os-version.ts';
import { type Reason, reasonInWords } from '../domain/reason.ts';
import type { RequestKind } from '../domain/request.ts';
import type { AgentContext } from './context.ts';
import type { PromptSpec } from './effects.ts';
import type { Entry, Kind } from './entry.ts';
import type { PushMoved, StartSettled } from './events.ts';
import { scheduleOf, stateName } from './explain.ts';
import { moveWords } from './move-words.ts';
import { promptSpec } from './orders.ts';
import { TOLD } from './password-records.ts';
import type { Step } from './replay.ts';
import { outcomeNews, startWords } from './tell-outcomes.ts';

/** Turns a step of the journal into what a reader wants to know of it: nothing, one thing, or two. Pure. */
export function tell(step: Step): Entry[] {
  const entries: Entry[] = [];
  const { at, before, after } = step;
  const zone = after.context.facts?.zone ?? 'UTC';
  const say = (kind: Kind, text: string, because: Reason[] = []) => entries.push({ at, kind, text, because });
  const from = stateName(before.value);
  const to = stateName(after.value);

  const news = outcomeNews(step, from, zone);
  if (news !== null) say(...news);
  tellTarget(step, zone, say);
  tellMissedTime(step, zone, say);
  if (step.type === 'request.heard') tellRequest(step, zone, say);
  if (step.type === 'state.recovered') tellRecovery(step, say);
  if (step.type === 'dialog.opened') tellOpened(step, to, zone, say);
  if (step.type === 'start.settled') say('install', startWords(step.event as StartSettled));
  if (to !== from && to === 'downloading')
    say('download', `Downloading ${after.context.ledger.target?.title}`, after.context.because);
  if (to !== from && to === 'installing.bySoftwareupdate') {
    const stops = after.context.because.find(({ code }) => code === 'filevault-stops');
    const screen = stops === undefined ? '' : `; ${reasonInWords(stops, zone)}`;
    say(
      'install',
      `Installing ${after.context.ledger.target?.title}; the Mac restarts when macOS is ready${screen}`,
      after.context.because,
    );
  }
  if (to !== from && to === 'installing.byServer')
    say(
      'install',
      after.context.because.some(({ code }) => code === 'macos-enforces')
        ? `macOS installs ${after.context.ledger.target?.title} by itself, as it was told by declaration, and restarts`
        : `Asking the management server to install ${after.context.ledger.target?.title}; the Mac restarts when macOS is ready`,
      after.context.because,
    );
  if (step.type === 'push.moved')
    say('install', `The management server’s order${moveWords((step.event as PushMoved).move)}`);
  if (step.type === 'agent.woke' && to === 'validating' && from !== 'validating')
    say('restart', 'The Mac has restarted');
  tellRest(step, from, to, say);
  if (to === 'resting.upToDate') tellNothingToDo(step, zone, say);
  return entries;
}

type Say = (kind: Kind, text: string, because?: Reason[]) => void;

function tellTarget({ before, after }: Step, zone: string, say: Say): void {
  const was = before.context.ledger.target;
  const is = after.context.ledger.target;
  if (is !== null && is.label !== was?.label) {
    say(
      'found',
      `${is.title} is offered (now ${runningWords(after.context)}). ${deadlineWords(scheduleOf(after.context), zone)}`,
      after.context.because,
    );
  } else if (is === null && was !== null && after.context.ledger.lastUpdate === before.context.ledger.lastUpdate) {
    const { facts } = after.context;
    const runs = facts?.os.known === true && reached(facts.os.value, was);
    if (runs) {
      const how =
        (before.context.ledger.push ?? null) !== null
          ? 'by the management server’s order, which was carried out late'
          : was.enforcedAt === undefined
            ? 'not by upkeep'
            : 'by macOS itself, as it was told by declaration';
      say('updated', `${runningWords(after.context)} runs: ${was.title} was installed, ${how}`, after.context.because);
    } else say('gone', `${was.title} is no longer to be installed: it is not offered any more`, after.context.because);
  }
}

/** A chosen time that passed without a restart, as when the Mac slept: told, because it counts as a deferral. */
function tellMissedTime({ before, after }: Step, zone: string, say: Say): void {
  const { scheduled, target, install } = before.context.ledger;
  if (scheduled === null || after.context.ledger.scheduled !== null || install !== null) return;
  const now = after.context.ledger.target;
  if (now === null || now.label !== target?.label || now.deferralCount <= target.deferralCount) return;
  say(
    'waiting',
    `The time chosen (${localWords(scheduled.at, zone)}) passed without a restart, which counts as putting it off (${count(now.deferralCount, 'deferral')} so far)`,
  );
}

const ASKED: Record<RequestKind, string> = {
  check: 'to look for updates now',
  install: 'to install now',
  defer: 'to put it off',
  schedule: 'for a restart time',
  pause: 'for a pause',
  resume: 'to end the pause',
  reset: 'to forget failed attempts',
};

/** What somebody asked for and what became of it; later than asked only where nobody was there to hear it. */
function tellRequest({ at, event, after }: Step, zone: string, say: Say): void {
  const { lastRequest } = after.context.ledger;
  if (lastRequest === null) return;
  const who = lastRequest.by.kind === 'admin' ? 'An administrator' : `The user ${lastRequest.by.uid}`;
  const askedAt = Number(event.askedAt);
  const late = at - askedAt > MINUTE_MS ? ` (asked ${localWords(askedAt, zone)})` : '';
  const asked = `${who} asked ${ASKED[lastRequest.kind]}${late}`;
  say('request', `${asked}: ${lastRequest.accepted ? '' : 'refused, '}${lastRequest.words}`);
}

function tellRecovery({ event }: Step, say: Say): void {
  const from = event.how === 'backup' ? 'its backup' : 'the beginning';
  const kept = event.ledger === null ? 'nothing else was left' : 'what people were promised is kept';
  say('recovered', `The state was lost (${String(event.why)}); upkeep goes on from ${from}, and ${kept}`);
}

function runningWords(context: AgentContext): string {
  return context.facts?.os.known ? releaseWords(context.facts.os.value) : 'an unknown macOS';
}

function deadlineWords(schedule: DeadlineSchedule | null, zone: string): string {
  const parts = (['focus', 'soft', 'hard'] as const).flatMap((name) => {
    const at = schedule?.[name].at ?? null;
    return at === null ? [] : [`${name} ${localWords(at, zone)}`];
  });
  return parts.length === 0 ? 'No deadline is set.' : `Deadlines: ${parts.join(' · ')}.`;
}

function tellOpened(step: Step, state: string, zone: string, say: Say): void {
  const { context } = step.after;
  const kind = promptKindIn(state, context);
  const because = context.decision?.because ?? [];
  const unseen = step.event.screenLocked === false ? '' : ' (the screen is locked)';
  if (kind === 'password') say('password', `Asked for ${whosePassword(context)}${unseen}`, because);
  if (kind === null || kind === 'password') return;
  const spec = promptSpec(context, kind);
  if (kind === 'warning') {
    const minutes = Math.round(((spec.restartAt ?? step.at) - step.at) / MINUTE_MS);
    const ahead = `${localWords(spec.restartAt ?? 0, zone)}, ${lengthWords(minutes * MINUTE_MS)} ahead`;
    say('warning', `Warned that the Mac restarts at ${ahead}${unseen}`, because);
  } else if (kind === 'notice') {
    say('password', `Told that no password can be used: ${TOLD[spec.notice?.why ?? 'not-owner']}${unseen}`, because);
  } else {
    say('prompt', promptWords(spec, kind) + unseen, because);
  }
}

function whosePassword({ decision }: AgentContext): string {
  const others = decision?.kind === 'authorize' ? decision.others : undefined;
  return others === undefined ? 'the password' : `the password of one of ${count(others.length, 'other account')}`;
}

/** Which dialog is up in a state. */
export function promptKindIn(state: string, context: AgentContext): PromptKind | null {
  if (state === 'asking.choosing') return context.decision?.kind === 'ask' ? context.decision.prompt : 'choice';
  if (state === 'asking.scheduling') return 'schedule';
  if (state === 'warning') return 'warning';
  if (state === 'authorizing.telling') return 'notice';
  return state === 'authorizing.byPerson' ? 'password' : null;
}

function promptWords(spec: PromptSpec, kind: Exclude<PromptKind, 'password' | 'warning' | 'notice'>): string {
  if (kind === 'schedule') return `Asked for a time (${count(spec.times.length, 'time')} offered)`;
  if (kind === 'soft') return 'Asked to restart; it cannot be put off any more';
  return `Asked when to restart: now${spec.times.length > 0 ? ', at a time' : ''}, or later: ${spec.deferrals.map((choice) => choice.label).join(' / ')}`;
}

/** Waiting is told when its reason changes, not every time upkeep looks again. */
function tellRest({ before, after }: Step, from: string, to: string, say: Say): void {
  if (to === 'resting.paused' && from !== to) {
    say('paused', 'Paused: nothing is downloaded, asked or installed', after.context.because);
    return;
  }
  if (from === to || !['resting.waiting', 'resting.backingOff', 'resting.stumbled', 'resting.halted'].includes(to))
    return;
  const because = after.context.because;
  const told = because.filter((reason) => OBSTACLES.has(reason.code));
  const toldBefore = new Set(before.context.because.map((reason) => reason.code));
  if (told.length === 0 || told.every((reason) => toldBefore.has(reason.code))) return;
  const zone = after.context.facts?.zone ?? 'UTC';
  const words = told.map((reason) => reasonInWords(reason, zone)).join('; ');
  say(
    to === 'resting.halted' ? 'halted' : 'waiting',
    to === 'resting.halted' ? `Stopped: ${words}` : `Waiting: ${words}`,
    because,
  );
}

/** That there is nothing to do is news at first, and whenever what is left out for a reason changes. */
function tellNothingToDo({ before, after }: Step, zone: string, say: Say): void {
  const leftOut = (context: AgentContext) =>
    (context.ledger.lastScan?.passedOver ?? []).filter(({ why }) => why !== 'not-macos' && why !== 'not-newer');
  const key = (context: AgentContext) => JSON.stringify(leftOut(context));
  const first = before.context.ledger.lastScan === null && after.context.ledger.lastUpdate === null;
  if (!first && key(before.context) === key(after.context)) return;
  const reasons = leftOut(after.context).map(({ label, why }): Reason => ({ code: 'passed-over', label, why }));
  const words = reasons.map((reason) => reasonInWords(reason, zone)).join('; ');
  const nothing = `Nothing to install: ${runningWords(after.context)} runs`;
  say('no-update', words === '' ? nothing : `${nothing}, and ${words}`, after.context.because);
}

const OBSTACLES: ReadonlySet<Reason['code']> = new Set([
  'scan-failed',
  'fact-unknown',
  'outside-active-hours',
  'in-a-meeting',
  'screen-locked',
  'prompts-spent',
  'limit-near',
  'network-down',
  'no-answer',
  'no-password',
  'dialog-failing',
  'power-low',
  'storage-low',
  'nobody-to-authorize',
  'person-cannot',
  'somebody-may-come',
  'unattended-not-allowed',
  'attempt-failed',
  'budget-spent',
  'too-many-steps',
]);
