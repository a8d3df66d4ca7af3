// Answers of Jamf Pro as its own documentation and recordings of real servers have them. Those lie beside the project and
// may be missing; those under test/fixtures are invented in the same shapes and are always there.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../../../src/adapters/mdm/fault.ts';
import {
  declarationsSchema,
  eventsSchema,
  madeSchema,
  offeredSchema,
  planListSchema,
  planSchema,
} from '../../../../src/adapters/mdm/jamf-pro/plan-schema.ts';
import { stateOf } from '../../../../src/adapters/mdm/jamf-pro/plan-state.ts';
import { jamfForm } from '../../../../src/adapters/mdm/jamf-pro/refusal.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { fakeJamf, PLANS } from './fake-jamf.ts';

type Capture = { file: string; tool: string; args: [method: string, path: string]; expect: Record<string, unknown> };

const project = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');
describe('invented answers', () => checkAll(join(project, 'test/fixtures/captures')));

const real = resolve(project, '../shared/captures');
if (existsSync(join(real, 'INDEX.json'))) describe('answers of real servers', () => checkAll(real));
else {
  const reason = `answers of real servers: not checked, because ${real} is not here`;
  process.stderr.write(`\nSKIPPED ${reason}\n`);
  test.skip(reason, () => {});
}

/** What the client makes of each kind of answer, in the words of the indexes. */
const READ: Record<string, (text: string) => unknown> = {
  'available-updates': (text) => ({ macOS: offeredSchema.parse(JSON.parse(text)).availableUpdates.macOS.length }),
  'feature-toggle': async (text) => {
    const jamf = fakeJamf();
    jamf.always(`GET ${PLANS}/feature-toggle`, { status: 200, body: text });
    const abilities = await jamf.client.look();
    return { toggle: 'means' in abilities ? abilities.means.includes('plan') : abilities };
  },
  'feature-toggle-status': async (text) => {
    const jamf = fakeJamf();
    jamf.always(`GET ${PLANS}/feature-toggle/status`, { status: 200, body: text });
    const abilities = await jamf.client.look();
    return { running: 'lacks' in abilities ? abilities.lacks === 'feature-switching' : abilities };
  },
  'jamf-pro-version': async (text) => {
    const jamf = fakeJamf();
    jamf.always('GET /api/v1/jamf-pro-version', { status: 200, body: text });
    jamf.always('GET /api/v3/computers-inventory', (got) => jamf.ordinary('GET /api/v4/computers-inventory', got));
    const abilities = await jamf.client.look();
    const version = 'serverVersion' in abilities ? abilities.serverVersion : null;
    return { version: `${version}${(JSON.parse(text) as { version: string }).version.slice(version?.length)}` };
  },
  'plan-create': (text) => ({ planId: madeSchema.parse(JSON.parse(text)).plans[0]?.planId }),
  'plan-declarations': (text) => {
    const declarations = declarationsSchema.parse(JSON.parse(text));
    return { count: declarations.length, by: declarations.find(({ by }) => by !== null)?.by ?? null };
  },
  'plan-detail': (text) => {
    const plan = planSchema.parse(JSON.parse(text));
    const state = stateOf(plan);
    return { state: plan.status?.state, trouble: state.state === 'failed' ? state.trouble : null };
  },
  'plan-events': (text) => {
    const events = eventsSchema.parse(JSON.parse(text));
    return { events: events.length, types: events.map(({ type }) => type) };
  },
  'plans-list': (text) => {
    const { totalCount, results } = planListSchema.parse(JSON.parse(text));
    return { totalCount, state: results[0]?.status?.state };
  },
  error: (text) => {
    const status = Number((JSON.parse(text) as { httpStatus: unknown }).httpStatus);
    const { fault } = refusalOf({ status, headers: {}, cookies: [], body: new Secret(text) }, 0, jamfForm);
    return { status: fault.status, form: fault.form, code: fault.codes[0] ?? null };
  },
};

/** Not asked for by the client: the Mac itself tells how far a download is. */
const NOT_ASKED = ['update-statuses'];

function checkAll(folder: string): void {
  const index = JSON.parse(readFileSync(join(folder, 'INDEX.json'), 'utf8')) as Capture[];
  const captures = index.filter(({ tool }) => tool === 'jamf-api');
  const kindOf = (file: string): string | undefined =>
    Object.keys(READ)
      .filter((kind) => file.startsWith(`jamf-api/${kind}`))
      .sort((a, b) => b.length - a.length)[0];
  test('there are answers to check', () => expect(captures.length).toBeGreaterThan(5));
  test('all are checked', () => {
    const left = captures.map(({ file }) => file).filter((file) => kindOf(file) === undefined);
    expect(left.filter((file) => !NOT_ASKED.some((kind) => file.includes(kind)))).toEqual([]);
  });
  const covered = captures.filter(({ file }) => kindOf(file) !== undefined);
  test.each(covered.map((one) => [one.file, one] as const))('%s', async (file, { expect: wanted }) => {
    const read = READ[kindOf(file) ?? ''];
    expect(await read?.(readFileSync(join(folder, file), 'utf8'))).toMatchObject(wanted);
  });
}
