import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settingsFromPropertyList } from '../../src/policy/profile.ts';

const MCX = 'com.apple.ManagedClient.preferences';
const payload = {
  PayloadType: 'org.upkeep.agent',
  PayloadUUID: '1',
  PayloadDisplayName: 'upkeep',
  organisation: 'Own',
};
const forced = (...settings: object[]) => ({
  PayloadType: MCX,
  PayloadContent: { 'org.upkeep.agent': { Forced: settings.map((inner) => ({ mcx_preference_settings: inner })) } },
});
const profile = (...payloads: unknown[]) => ({
  PayloadType: 'Configuration',
  PayloadVersion: 1,
  PayloadContent: payloads,
});

test.each<[string, unknown, object]>([
  [
    'a payload of our own',
    profile({ PayloadType: 'com.apple.dock' }, payload),
    { form: 'payload', settings: { organisation: 'Own' } },
  ],
  [
    'forced preferences',
    profile(forced({ organisation: 'Managed' })),
    { form: 'managed-preferences', settings: { organisation: 'Managed' } },
  ],
  [
    'the preference domain',
    { organisation: 'Bare', PayloadUUID: 'left by macOS' },
    { form: 'domain', settings: { organisation: 'Bare' } },
  ],
  ['one payload by itself', payload, { form: 'payload', settings: { organisation: 'Own' } }],
  [
    'one forced payload by itself',
    forced({ organisation: 'Managed' }),
    { form: 'managed-preferences', settings: { organisation: 'Managed' } },
  ],
  ['nothing said', {}, { form: 'domain', settings: {} }],
])('finds the settings in %s', (_, plist, found) => {
  expect(settingsFromPropertyList(plist)).toEqual({ ok: true, ...found });
});

test.each<[string, unknown, RegExp]>([
  [
    'another profile',
    profile({ PayloadType: 'com.apple.dock' }, { PayloadType: 'com.apple.wifi.managed' }),
    /without upkeep settings; it has com\.apple\.dock, com\.apple\.wifi\.managed/,
  ],
  [
    'preferences for others',
    profile({ PayloadType: MCX, PayloadContent: { 'com.example.other': {} } }),
    /it has com\.apple\.ManagedClient\.preferences for com\.example\.other/,
  ],
  ['an empty profile', profile(), /no payload at all/],
  ['a profile without content', { PayloadType: 'Configuration' }, /no payload at all/],
  ['a payload of another kind', { PayloadType: 'com.apple.dock' }, /it has com\.apple\.dock/],
  ['two payloads', profile(payload, payload), /2 times/],
  ['a payload beside forced preferences', profile(payload, forced({})), /2 times/],
  ['preferences forced twice', profile(forced({}, {})), /2 times/],
  [
    'preferences set only once',
    profile({ PayloadType: MCX, PayloadContent: { 'org.upkeep.agent': { 'Set-Once': [] } } }),
    /not forced/,
  ],
  [
    'a forced entry without settings',
    profile({ PayloadType: MCX, PayloadContent: { 'org.upkeep.agent': { Forced: [{}] } } }),
    /without mcx_preference_settings/,
  ],
  ['managed preferences without content', profile({ PayloadType: MCX }), /without a PayloadContent dictionary/],
  ['an encrypted profile', { PayloadType: 'Configuration', EncryptedPayloadContent: new Uint8Array(8) }, /encrypted/],
  ['a payload that is none', profile('upkeep'), /not a dictionary/],
  ['a list', [], /not a dictionary/],
  ['a text', 'upkeep', /not a dictionary/],
  ['nothing', null, /not a dictionary/],
])('says what is the matter with %s', (_, plist, words) => {
  expect(settingsFromPropertyList(plist)).toMatchObject({
    ok: false,
    what: expect.stringMatching(words),
    remedy: expect.stringMatching(/\.$/),
  });
});

test('any property list is read or refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.anything(), (inner) => {
      for (const plist of [
        inner,
        profile(inner),
        profile({ PayloadType: MCX, PayloadContent: inner }),
        { PayloadContent: inner },
      ]) {
        expect(settingsFromPropertyList(plist)).toHaveProperty('ok');
      }
    }),
  );
});
