// `upkeep doctor` on simulated Macs, as a process of its own over tools that are real programs.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { AGENT_LABEL } from '../../src/adapters/launchd/plists.ts';
import { placesUnder } from '../../src/adapters/places.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/instant.ts';
import type { MacUnderRoot } from '../../src/simulator/door/mac-under-root.ts';
import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import { bootedMac, NEEDS_PERL, withoutPerl } from '../simulator/door/harness.ts';
import { sharedBundle } from '../support/bundle.ts';
import { canary, canaryKey } from '../support/canary.ts';
import { root as project } from '../support/lives.ts';

let entry = '';
beforeAll(async () => {
  entry = await sharedBundle();
});

const SET_BY_MDM = canary('set_by_mdm');

const BERT = { name: 'bert', password: canary('bert'), admin: true, secureToken: true };

const doctor = (mac: MacUnderRoot, ...words: string[]) =>
  mac.run([process.execPath, entry, 'doctor', ...words, '--root', mac.root]);

type Checkup = {
  counts: Record<string, number>;
  findings: { code: string; mark: string; what: string; quotes?: string[] }[];
};

async function checkupOf(spec: MacSpecInput, jamfLog: string | null = null) {
  const mac = await bootedMac({ spec });
  if (jamfLog !== null) {
    const file = placesUnder(mac.root).jamfLog;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, jamfLog);
  }
  const { exitCode, stdout, stderr } = await doctor(mac, '--json');
  expect(stderr).toBe('');
  const checkup = JSON.parse(stdout) as Checkup;
  return { exitCode, checkup, marks: Object.fromEntries(checkup.findings.map(({ code, mark }) => [code, mark])) };
}

describe.skipIf(withoutPerl)(`upkeep doctor on a simulated Mac${NEEDS_PERL}`, () => {
  test('on a Mac that is well it ends with 0, and explains only what it would have to', async () => {
    const { exitCode, checkup, marks } = await checkupOf({
      admin: true,
      passwordPolicy: { lockoutAfter: 10 },
      fileVault: { state: 'on', recoveryKey: canaryKey() },
    });
    expect(exitCode).toBe(0);
    expect(checkup).toMatchObject({
      schema: 'upkeep.checkup/1',
      at: expect.stringMatching(/^2026-11-23T08:/),
      asRoot: true,
    });
    expect(checkup.counts).toEqual({ ok: 12, attention: 1, broken: 0, unknown: 0 });
    expect(marks).toMatchObject({ 'person.ready': 'ok', 'authority.person': 'ok', 'upkeep.never-ran': 'attention' });
  });

  test('on one that nobody can update any more it ends with 69, and names each cause', async () => {
    const { exitCode, checkup, marks } = await checkupOf(
      {
        volumeOwner: false,
        accounts: [
          { name: 'itadmin', fullName: 'IT Admin', admin: true, secureToken: false, failedLogins: 4 },
          { name: 'old', secureToken: true, disabled: true },
        ],
        passwordPolicy: { lockoutAfter: 5, lockoutMinutes: 15 },
      },
      readFileSync(join(project, 'test/fixtures/captures/jamf-log/enrolment-name-taken.txt'), 'utf8'),
    );
    expect(exitCode).toBe(69);
    expect(marks).toEqual({
      'tools.there': 'ok',
      'tokens.only-disabled': 'broken',
      'owners.only-disabled': 'broken',
      'owners.no-bootstrap-token': 'ok',
      'person.no-token': 'attention',
      'authority.nobody': 'broken',
      'lockout.near': 'attention',
      'lockout.clear': 'ok',
      'filevault.off': 'attention',
      'enrolment.same-name': 'attention',
      'bootstrap-token.not-managed': 'ok',
      'upkeep.never-ran': 'attention',
    });
    expect(checkup.findings.find(({ code }) => code === 'enrolment.same-name')).toMatchObject({
      what: expect.stringMatching(/itadmin/),
      quotes: [expect.stringMatching(/^Mon Nov 23 08:12:09 {2}Could not create the management account/)],
    });
  });

  test('once upkeep is at work there, its own health is well', async () => {
    const mac = await bootedMac({ spec: { admin: true } });
    const command = [process.execPath, entry];
    expect(await mac.run([...command, 'install', '--root', mac.root])).toMatchObject({ exitCode: 0 });
    expect(await mac.runUntil(() => mac.pidOf(AGENT_LABEL) === null, HOUR_MS)).toBe('stopped');
    const { exitCode, stdout } = await doctor(mac);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^upkeep itself\n {2}✓ launchd, the state, the settings and the backup of upkeep are well\.$/m,
    );
  });

  test('a saved password that drifted is found by its last try, and nothing is tried', {
    timeout: 120_000,
  }, async () => {
    const mac = await bootedMac({ spec: { accounts: [BERT] } });
    const auth = (words: string[], stdin: string | null = null) =>
      mac.run([process.execPath, entry, 'auth', ...words, '--root', mac.root], { stdin });
    expect(await auth(['set', 'local-account', 'bert'], BERT.password)).toMatchObject({ exitCode: 0 });
    mac.mac.rotatePassword('bert', SET_BY_MDM);
    await mac.runUntil(mac.mac.world.now() + DAY_MS + HOUR_MS);
    expect(await auth(['verify'])).toMatchObject({ exitCode: 77 });
    const tries = mac.mac.happenings.length;
    const { exitCode, stdout } = await doctor(mac);
    expect(exitCode).toBe(69);
    expect(stdout).toMatch(/^ {2}✗ The password that is kept for bert opens the disk and no session, as seen on /m);
    expect(stdout).toMatch(/^ {2}✓ Only root can read the passwords that are kept\.$/m);
    expect(stdout).not.toContain(BERT.password);
    expect(mac.mac.happenings).toHaveLength(tries);
  });
});
