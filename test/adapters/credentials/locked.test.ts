// While somebody else is at work on the saved credentials the agent tries none, says so as unknown, and writes nothing.
import { expect, test } from 'vitest';
import { AgentCredentials } from '../../../src/adapters/credentials/agent-credentials.ts';
import { DAY_MS } from '../../../src/domain/instant.ts';
import { UpkeepError } from '../../../src/domain/problem.ts';
import { serviceDesk } from './service-desk.ts';

const busy = (): never => {
  throw new UpkeepError('agent.locked', 'another run of upkeep is at work on the saved credentials.', {
    remedy: 'Wait.',
  });
};

test('the agent hands out nothing while another holds the lock, and tries once it is free', async () => {
  const one = serviceDesk();
  await one.run(one.create());
  await one.mac.world.runUntil(one.mac.world.now() + DAY_MS + 1);
  const before = JSON.stringify([...one.disk]);
  const tries = () => one.mac.callCounts()['dscl.check-login'];
  const triesBefore = tries();
  const waiting = new AgentCredentials({ ...one.life().parts, lock: busy });
  expect(await one.run(waiting.unlock('service-account'))).toEqual({ refused: 'unknown' });
  expect([tries(), JSON.stringify([...one.disk])]).toEqual([triesBefore, before]);
  const free = new AgentCredentials({ ...one.life().parts, lock: () => ({ release: () => {} }) });
  expect(await one.run(free.unlock('service-account'))).toMatchObject({ account: '_upkeep' });
  expect(tries()).toBe((triesBefore ?? 0) + 1);
});
