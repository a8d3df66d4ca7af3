// `upkeep pause`, `defer` and the others as an administrator types them on a simulated Mac with real processes: the agent
// runs, or is started for it, and does what was asked.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AGENT_LABEL } from '../../src/adapters/launchd/plists.ts';
import { placesUnder } from '../../src/adapters/places.ts';
import { readStatus } from '../../src/agent/status-file.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { canBeCalled, doorPlaces } from '../../src/simulator/door/layout.ts';
import { MacUnderRoot } from '../../src/simulator/door/mac-under-root.ts';
import { defaultMacSpec } from '../../src/simulator/mac/mac-spec.ts';
import { Store } from '../../src/store/store.ts';
import { sharedBundle } from '../support/bundle.ts';
import { MONDAY_NINE, offer } from '../support/situations.ts';

// The simulated tools are Perl programs; without /usr/bin/perl there are none to call.
describe.skipIf(!canBeCalled())(
  'asking on a Mac (skipped where there is no /usr/bin/perl)',
  { timeout: 240_000 },
  () => {
    let main: string;
    beforeAll(async () => {
      main = await sharedBundle();
    });
    let folder: string;
    let mac: MacUnderRoot;
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'ur-'));
      mac = new MacUnderRoot({
        root: folder,
        spec: defaultMacSpec(),
        start: MONDAY_NINE,
        time: 'eager',
        offers: [offer],
      });
      await mac.boot();
      expect(await upkeep('install')).toMatchObject({ exitCode: 0, stderr: '' });
    });
    afterEach(async () => {
      await mac.shutDown();
      rmSync(folder, { recursive: true, force: true });
    });

    const upkeep = (...words: string[]) => mac.run([process.execPath, main, ...words, '--root', mac.root]);
    const status = () => readStatus(placesUnder(mac.root).state);
    const isDialogOpen = () => mac.mac.screen.windows().length > 0;
    const inbox = () => {
      const store = Store.openReadOnly(placesUnder(mac.root).state);
      try {
        return store.waitingRequests();
      } finally {
        store.close();
      }
    };

    const heardFrom = () => {
      const store = Store.openReadOnly(placesUnder(mac.root).state);
      try {
        return store
          .journal()
          .filter(({ type }) => type === 'request.heard')
          .map(({ event }) => event as { by: unknown; request: unknown })
          .map(({ by, request }) => ({ by, request }));
      } finally {
        store.close();
      }
    };

    test('a pause while a dialog is open closes it, and status says so', async () => {
      expect(await mac.runUntil(isDialogOpen, 2 * DAY_MS)).toBe('stopped');
      const asked = await upkeep('pause', '2d');
      expect(asked).toMatchObject({ exitCode: 0, stderr: '' });
      expect(asked.stdout).toMatch(/^Kept\. The agent has it\.\n/);
      expect(await mac.runUntil(() => !isDialogOpen(), MINUTE_MS)).toBe('stopped');
      expect(await mac.runUntil(() => mac.pidOf(AGENT_LABEL) === null, HOUR_MS)).toBe('stopped');
      expect(status().why.join(' ')).toMatch(/pause/i);
      expect(inbox()).toEqual([]);
    });

    test('while nothing runs the agent is started, and what was asked is heard', async () => {
      expect(await mac.runUntil(isDialogOpen, 2 * DAY_MS)).toBe('stopped');
      await upkeep('pause', '12h');
      expect(await mac.runUntil(() => mac.pidOf(AGENT_LABEL) === null, HOUR_MS)).toBe('stopped');
      const asked = await upkeep('resume', '--json');
      expect(asked).toMatchObject({ exitCode: 0, stderr: '' });
      expect(JSON.parse(asked.stdout)).toMatchObject({
        schema: 'upkeep.asked/1',
        by: 'admin',
        request: { kind: 'resume' },
        kept: true,
        heard: 'after-a-start',
      });
      expect(inbox()).toEqual([]);
      const deferred = await upkeep('defer', '4h');
      expect(deferred).toMatchObject({ exitCode: 0, stderr: '' });
      expect(deferred.stdout).toContain('puts the update off for 4 hours');
    });

    test.skipIf(process.getuid?.() !== 0)(
      'the person at the Mac has the agent started by ringing (skipped where the tests do not run as root)',
      async () => {
        expect(await mac.runUntil(isDialogOpen, 2 * DAY_MS)).toBe('stopped');
        await upkeep('pause', '12h');
        expect(await mac.runUntil(() => mac.pidOf(AGENT_LABEL) === null, HOUR_MS)).toBe('stopped');
        chmodSync(mac.root, 0o755);
        chmodSync(doorPlaces(mac.root).socket, 0o777);
        // The programs of a simulated Mac run as whoever runs it; this one becomes the user itself.
        const become = `process.setgid(501); process.setuid(501); process.argv.splice(1, 0, ${JSON.stringify(main)}); await import(process.argv[1]);`;
        const asUser = (...words: string[]) =>
          mac.run([process.execPath, '--input-type=module', '-e', become, '--', ...words, '--root', mac.root]);
        const refused = await asUser('pause');
        expect(refused.stderr).toContain('only an administrator');
        expect(refused).toMatchObject({ exitCode: 77, stdout: '' });
        const asked = await asUser('check', '--json');
        expect(asked).toMatchObject({ exitCode: 0, stderr: '' });
        expect(JSON.parse(asked.stdout)).toMatchObject({ by: 'user', kept: true, heard: 'after-a-start' });
        await mac.runUntil(() => mac.pidOf(AGENT_LABEL) === null, HOUR_MS);
        expect(heardFrom()).toContainEqual({ by: { kind: 'user', uid: 501 }, request: { kind: 'check' } });
      },
    );

    test('without a job that launchd could start it is kept, and said to be heard later', async () => {
      await mac.runUntil(() => mac.pidOf(AGENT_LABEL) === null, DAY_MS);
      await upkeep('uninstall');
      const asked = await upkeep('check');
      expect(asked).toMatchObject({ exitCode: 0, stderr: '' });
      expect(asked.stdout).toMatch(/^Kept\. The agent could not be started; it hears this at its next wake\.\n/);
      expect(inbox()).toMatchObject([{ by: { kind: 'admin' }, request: { kind: 'check' } }]);
    });
  },
);
