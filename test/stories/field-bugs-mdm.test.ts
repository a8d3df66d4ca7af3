// What people reported about management servers. Each test names the report it comes from (project and number).
import { describe, expect, test } from 'vitest';
import type { PushOrder } from '../../src/domain/push.ts';
import { fakeJamf, PLANS, record } from '../adapters/mdm/jamf-pro/fake-jamf.ts';

const order: PushOrder = {
  to: { version: '26.1', build: '25B78' },
  major: false,
  latest: false,
  action: { kind: 'install-and-restart' },
};

describe('super #383: the server does not resolve the management id of a Mac', () => {
  const unresolved = () => {
    const jamf = fakeJamf();
    jamf.server.computers = [record({ general: { managementId: null } })];
    return jamf;
  };

  test('the update is ordered all the same: a plan goes by the id of the computer', async () => {
    const jamf = unresolved();
    expect(await jamf.client.push(order, 'plan')).toHaveProperty('plan.means', 'plan');
    const made = jamf.got.find(({ key }) => key === `POST ${PLANS}`);
    expect(JSON.parse(made?.body ?? '')).toMatchObject({ devices: [{ deviceId: '12', objectType: 'COMPUTER' }] });
  });

  test('what cannot do without one says so, and sends nothing to anybody', async () => {
    const jamf = unresolved();
    expect(await jamf.client.nudge()).toMatchObject({
      failed: { trouble: 'not-managed', detail: expect.stringContaining('management') },
    });
    expect(jamf.asked().filter((key) => key.startsWith('POST') && !key.endsWith('/token'))).toEqual([]);
  });
});
