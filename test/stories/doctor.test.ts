// `upkeep doctor` on simulated Macs, as a process of its own over tools that are real programs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { placesUnder } from '../../src/adapters/places.ts';
import type { MacUnderRoot } from '../../src/simulator/door/mac-under-root.ts';
import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import { bootedMac, NEEDS_PERL, withoutPerl } from '../simulator/door/harness.ts';
import { root as project } from '../support/lives.ts';

const doctor = (mac: MacUnderRoot, ...words: string[]) =>
  mac.run([process.execPath, join(project, 'src/cli/main.ts'), 'doctor', ...words, '--root', mac.root]);

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
  test('a Mac that is well', async () => {
    const { exitCode, checkup, marks } = await checkupOf({
      admin: true,
      passwordPolicy: { lockoutAfter: 10 },
      fileVault: { state: 'on', recoveryKey: 'ABCD-EFGH-JKLM-NPQR-STUV-WXYZ' },
    });
    expect({ exitCode, marks }).toEqual({});
    expect(checkup.counts.broken).toBe(0);
  });
  test('x', async () => {
    const { exitCode, checkup, marks } = await checkupOf(
      {
        volumeOwner: false,
        accounts: [
          { name: 'itadmin', fullName: 'IT Admin', admin: true, secureToken: false, failedLogins: 4 },
          { name: 'old', secureToken: true, disabled: true },
        ],
        passwordPolicy: { lockoutAfter: 5, lockoutMinutes: 15 },
      },
      `Mon Nov 23 08:12:01 Anna's MacBook Pro jamf[412]: Enrolling computer...
Mon Nov 23 08:12:09 Anna's MacBook Pro jamf[412]: Could not create the management account: the user "itadmin" already exists.
`,
    );
    expect({ exitCode, marks, checkup }).toEqual({});
  });
});
