// What is asked of a Mac for a checkup, on a simulated one: as root and as anybody, with tools that fail.
import { type Observable, of } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { placesUnder } from '../../src/adapters/places.ts';
import { type CheckupGround, gatherCheckup } from '../../src/agent/gather-checkup.ts';
import { known } from '../../src/domain/facts.ts';
import { HOUR_MS } from '../../src/domain/instant.ts';
import { UpkeepError } from '../../src/domain/problem.ts';
import type { CheckupFacts } from '../../src/policy/examine/checkup-facts.ts';
import { examine } from '../../src/policy/examine/examine.ts';
import type { ToolCall, ToolEvent } from '../../src/ports/commands.ts';
import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import { awakeClock } from '../adapters/scripted-commands.ts';
import { macWith } from '../simulator/harness.ts';
import { canaryKey } from '../support/canary.ts';

const GONE = { exitCode: null, signal: null, stoppedBy: null, spawnError: 'ENOENT' };
/** What a tool answers in place of the Mac's; null leaves it to the Mac. */
type Instead = (call: ToolCall) => Observable<ToolEvent> | null;
const gone =
  (path: string): Instead =>
  (call) =>
    call.path === path ? of({ kind: 'ended', ending: GONE }) : null;
const instead =
  (command: string, text: string): Instead =>
  ({ name }) =>
    name === command
      ? of<ToolEvent[]>(
          { kind: 'output', stream: 'stdout', text },
          { kind: 'ended', ending: { ...GONE, spawnError: null, exitCode: 0 } },
        )
      : null;
const NOWHERE = '/nowhere/upkeep';

async function gathered(spec: MacSpecInput, changes: Partial<CheckupGround> = {}, instead: Instead = () => null) {
  const { mac, clock } = macWith(spec);
  const calls: ToolCall[] = [];
  const box: { facts: CheckupFacts | null } = { facts: null };
  const whole = gatherCheckup({
    commands: {
      start: (call) => {
        calls.push(call);
        return instead(call) ?? mac.commands.start(call);
      },
    },
    clock: awakeClock(clock),
    places: placesUnder(NOWHERE),
    isRoot: true,
    http: null,
    ownHealth: () => Promise.resolve(null),
    ...changes,
  }).then((facts) => {
    box.facts = facts;
  });
  await mac.world.runUntil(mac.world.now() + HOUR_MS, () => box.facts !== null);
  await whole;
  if (box.facts === null) throw new Error('it did not come to an end');
  return { facts: box.facts, calls };
}

const SPEC: MacSpecInput = {
  accounts: [
    { name: 'anna', failedLogins: 3 },
    { name: 'bert', fullName: 'Bert Admin', admin: true, secureToken: true, passwordPolicy: { lockoutAfter: 3 } },
    { name: 'carl', secureToken: false },
  ],
  passwordPolicy: { lockoutAfter: 10, lockoutMinutes: 15 },
  fileVault: { state: 'on', recoveryKey: canaryKey() },
};

describe('as root', () => {
  test('everything is known', async () => {
    const { facts } = await gathered(SPEC);
    expect(facts).toMatchObject({
      appleSilicon: known(true),
      consoleUser: known({ name: 'anna', uid: 501 }),
      fileVault: known({ active: true, waitsForRestart: false, percent: null, deferred: false }),
      recoveryKey: known(true),
      authRestart: known(true),
      jamfLog: known(null),
      own: known(null),
    });
    expect({ ...facts.tokens }).toEqual({ anna: known('enabled'), bert: known('enabled'), carl: known('disabled') });
    expect({ ...facts.logins }).toMatchObject({
      anna: { lockout: known({ state: 'limited', attempts: 10, resetMinutes: 15 }), failures: known(3) },
      // Both rules hold, and that of the account is stricter.
      bert: { lockout: known({ state: 'limited', attempts: 3 }), failures: known(0) },
      carl: { lockout: known({ state: 'limited', attempts: 10 }), failures: known(0) },
    });
    expect(facts.tools).toMatchObject({ value: { dialog: false } });
    expect(facts.rules.known).toBe(true);
  });

  test('the bootstrap token is asked about, on Intel without troubling its server', async () => {
    const managed = await gathered({ ...SPEC, bootstrapToken: true });
    expect(managed.facts.bootstrapToken).toEqual({
      token: { state: 'valid', why: null, needed: true },
      enrolled: true,
      interrupted: false,
    });
    const intel = await gathered({ ...SPEC, bootstrapToken: true, appleSilicon: false });
    expect(intel.facts.bootstrapToken?.token).toMatchObject({ state: 'escrowed-unproven', needed: false });
    expect(intel.calls.map(({ name }) => name)).not.toContain('mdmclient.device-information');
  });

  test('nothing is acted on and nothing secret is typed', async () => {
    const { calls } = await gathered(SPEC);
    expect(calls.length).toBeGreaterThan(15);
    expect(calls.filter(({ effect }) => effect !== 'probe')).toEqual([]);
    expect(calls.filter(({ stdin }) => (stdin ?? []).some((part) => typeof part !== 'string'))).toEqual([]);
  });

  test('rules without one about lock-outs never lock anybody; without any rules nobody knows', async () => {
    expect((await gathered({})).facts.logins.anna?.lockout).toEqual(known({ state: 'none' }));
    const silent = instead('pwpolicy.all', 'Getting global account policies\n');
    expect((await gathered({}, {}, silent)).facts.logins.anna?.lockout).toEqual(known({ state: 'unknown' }));
  });

  test('of the older form of rules a limit counts, and the absence of one does not', async () => {
    const lockoutWith = async (spec: MacSpecInput, text: string) =>
      (await gathered(spec, {}, instead('pwpolicy.global', text))).facts.logins.anna?.lockout;
    expect(await lockoutWith({}, 'maxFailedLoginAttempts=4 \n')).toMatchObject({
      value: { state: 'limited', attempts: 4 },
    });
    expect(await lockoutWith(SPEC, 'maxFailedLoginAttempts=4 \n')).toMatchObject({ value: { attempts: 4 } });
    expect(await lockoutWith(SPEC, 'maxFailedLoginAttempts=0 \n')).toMatchObject({ value: { attempts: 10 } });
    expect(await lockoutWith({}, 'maxFailedLoginAttempts=0 \n')).toMatchObject({ value: { state: 'none' } });
  });

  test('a tool that is gone leaves the rest known, and its own facts unknown with the reason', async () => {
    const torn = () => Promise.reject(new UpkeepError('input.unreadable', 'it is torn.', { remedy: 'None.' }));
    const { facts } = await gathered(SPEC, { ownHealth: torn }, gone('/usr/sbin/diskutil'));
    expect(facts).toMatchObject({
      cryptoUsers: { known: false, why: '/usr/sbin/diskutil is not on this computer' },
      own: { known: false, why: 'it is torn' },
      recoveryKey: known(true),
    });
  });
});

describe('as anybody', () => {
  test('what only root may ask is not even asked, and the examination says to use sudo', async () => {
    const { facts, calls } = await gathered(SPEC, { isRoot: false });
    expect(
      calls.filter(({ name }) =>
        ['dscl.logins', 'fdesetup.has-recovery-key', 'profiles.bootstrap-token'].includes(name),
      ),
    ).toEqual([]);
    const unknowns = examine(facts).filter(({ mark }) => mark === 'unknown');
    expect(unknowns.map(({ code, remedy }) => [code, remedy])).toEqual([
      ['lockout.unknown', 'Run it with `sudo`.'],
      ['lockout.threshold-unknown', 'Run it with `sudo`.'],
      ['filevault.recovery-key-unknown', 'Run it with `sudo`.'],
      ['bootstrap-token.unknown', 'Run it with `sudo`.'],
    ]);
  });
});
