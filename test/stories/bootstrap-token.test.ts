// `upkeep bootstrap-token` on simulated Macs, as processes of their own over tools that are real programs. What went wrong
// elsewhere is named where it is played again; the numbers are those of the reports.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS } from '../../src/domain/instant.ts';
import type { MacUnderRoot } from '../../src/simulator/door/mac-under-root.ts';
import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import { bootedMac, NEEDS_PERL, withoutPerl } from '../simulator/door/harness.ts';
import { sharedBundle } from '../support/bundle.ts';
import { canary } from '../support/canary.ts';

const BERT = canary('bert', (it) => `-bert’s "Walrus" $(${it}) = 🐴`);
const ANNA = canary('anna', (it) => `Penguin {Harbour} [${it}]`);

/** anna is a standard user; bert is the administrator nobody logs in with. */
const OFFICE: MacSpecInput = {
  password: ANNA,
  accounts: [{ name: 'bert', fullName: 'Bert Admin', password: BERT, admin: true, secureToken: true }],
};

let entry = '';
beforeAll(async () => {
  entry = await sharedBundle();
});

const upkeep = (mac: MacUnderRoot, words: readonly string[], stdin: string | null = null) =>
  mac.run([process.execPath, entry, ...words, '--root', mac.root], { stdin });
const token = (mac: MacUnderRoot, words: readonly string[], stdin: string | null = null) =>
  upkeep(mac, ['bootstrap-token', ...words], stdin);

function filesUnder(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
}

describe.skipIf(withoutPerl)(`the bootstrap token on a simulated Mac${NEEDS_PERL}`, () => {
  test('super #62: none is escrowed, so no MDM could authorise anything. It is told, and one command mends it', {
    timeout: 180_000,
  }, async () => {
    const mac = await bootedMac({ spec: { ...OFFICE, bootstrapToken: 'none' } });
    const told: string[] = [];
    const ends = async (code: number, words: readonly string[], stdin: string | null = null) => {
      const end = await token(mac, words, stdin);
      told.push(end.stdout, end.stderr);
      expect({ words, code: end.exitCode, out: `${end.stdout}${end.stderr}` }).toMatchObject({ words, code });
      return `${end.stdout}${end.stderr}`;
    };
    expect(await ends(69, ['status'])).toContain('`sudo upkeep bootstrap-token escrow` mends it');
    const json = JSON.parse(await ends(69, ['validate', '--json']));
    expect(json).toMatchObject({
      schema: 'upkeep.bootstrap-token/1',
      state: 'not-escrowed',
      needed: true,
      interrupted: false,
      enrolment: { enrolled: true, server: 'mdm.example.com' },
    });
    // Nobody is saved who could do it; anna may not.
    expect(await ends(69, ['escrow'])).toContain('--admin USER');
    expect(await ends(77, ['escrow', '--admin', 'anna'], `${ANNA}\n`)).toContain('no administrator');
    expect(await ends(64, ['escrow', '--admin', 'bert', 'typed-as-a-word'])).not.toContain('typed-as-a-word');
    expect(await ends(77, ['escrow', '--admin', 'bert'], 'not his at all\n')).toContain('wrong');
    expect(mac.mac.enrolment.escrowed).toBe(false);

    const words = await ends(0, ['escrow', '--admin', 'bert'], `${BERT}\n`);
    expect(words).toBe(
      'A new bootstrap token was sent to the server, by “bert”. The bootstrap token is escrowed and of use.\n',
    );
    expect(mac.mac.enrolment.tokenWorks()).toBe(true);
    expect(await ends(0, ['status'])).toContain('`sudo upkeep bootstrap-token validate`');
    expect(await ends(0, ['validate'])).toMatch(/^The bootstrap token is escrowed and of use\.\n/);
    expect(await ends(0, ['escrow', '--admin', 'bert', '--json'], `${BERT}\n`)).toContain('"did": "nothing"');

    const seen = [
      ...told,
      ...mac.mac.calls.flatMap(({ args, exposed }) => [...args, ...exposed]),
      filesUnder(mac.root),
    ];
    const secrets = [...mac.mac.secrets()];
    expect(secrets).toEqual(expect.arrayContaining([BERT, ANNA]));
    expect(secrets.filter((secret) => seen.join('\n').includes(secret))).toEqual([]);
  });

  test('bootstrap-buddy #10: on the Mac of a standard user it works by upkeep’s own account, and nobody’s rights are raised', {
    timeout: 180_000,
  }, async () => {
    const mac = await bootedMac({ spec: { ...OFFICE, bootstrapToken: 'lost' } });
    const made = await upkeep(mac, ['service-account', 'create', '--admin', 'bert'], `${BERT}\n`);
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    const admins = () =>
      mac.mac.accounts
        .all()
        .filter(({ admin }) => admin)
        .map(({ name }) => name);
    const before = admins();
    const calls = mac.mac.calls.length;
    await mac.runUntil(mac.mac.world.now() + 2 * DAY_MS);
    const { exitCode, stdout } = await token(mac, ['escrow']);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout:
        'A new bootstrap token was sent to the server, by “_upkeep”. The bootstrap token is escrowed and of use.\n',
    });
    expect([mac.mac.enrolment.tokenWorks(), mac.mac.consoleUser()?.name, admins()]).toEqual([true, 'anna', before]);
    const edits = mac.mac.calls.slice(calls).filter(({ args }) => args.includes('edit') || args.includes('-create'));
    expect(edits).toEqual([]);
    expect(mac.mac.accounts.all().map(({ failedLogins }) => failedLogins)).toEqual([0, 0, 0]);
  });

  test('a Mac that is not enrolled, and a server that is down, are no broken tokens', {
    timeout: 180_000,
  }, async () => {
    const alone = await bootedMac({ spec: OFFICE });
    const asked = await token(alone, ['escrow', '--admin', 'bert'], `${BERT}\n`);
    expect(asked).toMatchObject({ exitCode: 69, stderr: expect.stringContaining('(bootstrap-token.unsupported)') });
    expect((await token(alone, ['status'])).stdout).toContain('The Mac is not enrolled.');
    const down = await bootedMac({
      spec: { ...OFFICE, bootstrapToken: 'valid', faults: [{ name: 'mdm-server-down' }] },
    });
    const end = await token(down, ['validate']);
    expect(end).toMatchObject({ exitCode: 75, stdout: expect.stringMatching(/^It is not known how it stands/) });
  });
});
