// The inventory is sent so that Jamf Pro tells which record is that of this Mac: by the agent alone, once a day, and nothing is
// guessed where that does not help.
import { describe, expect, test } from 'vitest';
import { checkServer } from '../../../src/adapters/mdm/check-server.ts';
import { dailyRecon } from '../../../src/adapters/mdm/jamf-pro/recon.ts';
import { ReconFile } from '../../../src/adapters/mdm/jamf-pro/recon-file.ts';
import { DAY_MS } from '../../../src/domain/instant.ts';
import type { PushService } from '../../../src/ports/push-service.ts';
import { filesIn } from '../../../src/simulator/own-credentials.ts';
import type { Answer } from '../../support/scripted-commands.ts';
import { scripted } from '../../support/scripted-commands.ts';
import { record } from './jamf-pro/fake-jamf.ts';
import { CLIENT, serverDesk } from './server-desk.ts';

/** A server that shows the record of this Mac only where it is asked for it by its number. */
function shyServer(mdm = {}) {
  const one = serverDesk(mdm);
  const disk = new Map<string, string>();
  const { mac } = one;
  const INVENTORY = 'GET /api/v4/computers-inventory';
  one.jamf.always(INVENTORY, ({ query }) => ({
    status: 200,
    body: {
      totalCount: 0,
      results: query.get('filter') === 'id==14' ? [record({ id: '14', udid: mac.enrolment.udid })] : [],
    },
  }));
  const sent = () => mac.calls.filter(({ name }) => name === 'jamf.recon').length;
  /** What one run of the agent has; the file is left from one to the next. */
  const recon = () => dailyRecon({ commands: one.commands, clock: mac.clock }, new ReconFile('/state', filesIn(disk)));
  const look = async () => {
    const service = (await one.run(one.saved(one.settings, { recon: recon() }).open())) as PushService;
    return one.run(service.look());
  };
  return { ...one, disk, sent, recon, look };
}

const UNKNOWN = (detail: string) => ({
  failed: { trouble: 'computer-unknown', detail: expect.stringContaining(detail) },
});

describe('a Mac that is found in no other way', () => {
  test('is found under the id that came of it', async () => {
    const one = shyServer();
    await one.save();
    one.mac.enrolment.takeInventory = () => 14;
    expect(await one.look()).toHaveProperty('device');
    expect(one.sent()).toBe(1);
  });

  test.each<[string, () => number | null, string]>([
    ['the id of another', () => 15, 'not even under the id that `jamf recon` names'],
    ['nothing', () => null, 'sending the inventory did not help (`jamf recon` names no id)'],
  ])('is not guessed at where it tells %s', async (_, takeInventory, detail) => {
    const one = shyServer();
    await one.save();
    one.mac.enrolment.takeInventory = takeInventory;
    expect(await one.look()).toEqual(UNKNOWN(detail));
  });

  test('sends its inventory once a day, in whatever run of the agent', async () => {
    const one = shyServer();
    await one.save();
    expect(await one.look()).toEqual(UNKNOWN('names no id'));
    expect(await one.look()).toEqual(UNKNOWN('within the last day'));
    await one.mac.world.runUntil(one.mac.world.now() + DAY_MS);
    expect(await one.look()).toEqual(UNKNOWN('names no id'));
    expect(one.sent()).toBe(2);
  });

  test('has not sent it where the file about that is damaged', async () => {
    const one = shyServer();
    await one.save();
    one.disk.set('/state/jamf-recon.json', '{');
    expect(await one.look()).toEqual(UNKNOWN('is damaged'));
    expect(one.sent()).toBe(0);
  });

  test('is left alone by whoever only looks', async () => {
    const one = shyServer();
    await one.save();
    expect(await one.run(checkServer(one.server, one.settings, CLIENT))).toMatchObject({ fit: true });
    const service = (await one.run(one.saved().open())) as PushService;
    expect(await one.run(service.look())).toEqual(UNKNOWN('hardware'));
    expect(one.sent()).toBe(0);
  });
});

describe('the program of Jamf', () => {
  const asked = (answer: Answer) => {
    const one = shyServer();
    const { commands } = scripted({ 'jamf.recon': answer });
    return dailyRecon({ commands, clock: one.mac.clock }, new ReconFile('/state', filesIn(one.disk)))();
  };

  test('is not there: that is why', async () => {
    expect(await asked({ missing: true })).toEqual({ why: '/usr/local/jamf/bin/jamf is not on this computer' });
  });

  test('says what nobody can read: that is why', async () => {
    expect(await asked({ stdout: '<computer_id>12 or id!=0</computer_id>\n' })).toEqual({
      why: expect.stringContaining('no whole number'),
    });
  });

  test('is given up with what wanted it', async () => {
    const one = shyServer();
    const giveUp = new AbortController();
    const recon = one.recon()(giveUp.signal);
    await one.mac.world.runUntil(one.mac.world.now() + 1_000);
    giveUp.abort();
    expect(await recon).toEqual({ why: 'it was given up' });
  });
});
