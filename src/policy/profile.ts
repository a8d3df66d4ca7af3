/**
 * Finds upkeep's settings in a parsed property list: a configuration profile in either of the two forms that MDM
 * servers write, one payload by itself, or the preference domain as it lies on a Mac.
 */
export type ProfileReading =
  | { ok: true; settings: Record<string, unknown>; form: 'payload' | 'managed-preferences' | 'domain' }
  | { ok: false; what: string; remedy: string };

export const PREFERENCE_DOMAIN = 'org.upkeep.agent';
const MANAGED_PREFERENCES = 'com.apple.ManagedClient.preferences';

type Dictionary = Record<string, unknown>;
type Found = { settings: Dictionary; form: 'payload' | 'managed-preferences' };

export function settingsFromPropertyList(plist: unknown): ProfileReading {
  if (!isDictionary(plist)) {
    return no('is a property list, but not a dictionary', 'Give a configuration profile or a dictionary of settings.');
  }
  if ('EncryptedPayloadContent' in plist) {
    return no(
      'is an encrypted profile, which only the Mac it is meant for can read',
      'Give the profile as it was before it was encrypted.',
    );
  }
  const isProfile = 'PayloadContent' in plist || plist.PayloadType === 'Configuration';
  if (!isProfile && !('PayloadType' in plist)) return { ok: true, settings: withoutPayloadKeys(plist), form: 'domain' };

  const payloads = Array.isArray(plist.PayloadContent) ? plist.PayloadContent : [plist];
  const found: Found[] = [];
  for (const payload of payloads) {
    if (!isDictionary(payload)) return no('holds a payload that is not a dictionary', 'Make the profile anew.');
    if (payload.PayloadType === PREFERENCE_DOMAIN)
      found.push({ settings: withoutPayloadKeys(payload), form: 'payload' });
    if (payload.PayloadType !== MANAGED_PREFERENCES) continue;
    const forced = forcedSettings(payload.PayloadContent);
    if (!forced.ok) return forced;
    found.push(...forced.found);
  }
  const [only, ...more] = found;
  if (only === undefined) return noUpkeepPayload(payloads.filter(isDictionary));
  if (more.length > 0) {
    return no(
      `holds upkeep settings ${found.length} times, and macOS does not say which would win`,
      'Keep them in one payload.',
    );
  }
  return { ok: true, ...only };
}

/** What a managed-preferences payload forces for upkeep; other domains in it are none of our business. */
function forcedSettings(content: unknown): { ok: true; found: Found[] } | { ok: false; what: string; remedy: string } {
  if (!isDictionary(content)) {
    return no(`has a ${MANAGED_PREFERENCES} payload without a PayloadContent dictionary`, 'Make the payload anew.');
  }
  if (!Object.hasOwn(content, PREFERENCE_DOMAIN)) return { ok: true, found: [] };
  const domain = content[PREFERENCE_DOMAIN];
  const forced = isDictionary(domain) ? domain.Forced : undefined;
  if (!Array.isArray(forced)) {
    return no(
      `has settings for ${PREFERENCE_DOMAIN} that are not forced`,
      `Put them under PayloadContent → ${PREFERENCE_DOMAIN} → Forced → mcx_preference_settings; upkeep obeys only what nobody can change.`,
    );
  }
  const found: Found[] = [];
  for (const entry of forced) {
    const settings = isDictionary(entry) ? entry.mcx_preference_settings : undefined;
    if (!isDictionary(settings)) {
      return no(
        `has a Forced entry for ${PREFERENCE_DOMAIN} without mcx_preference_settings`,
        'Make the payload anew.',
      );
    }
    found.push({ settings: withoutPayloadKeys(settings), form: 'managed-preferences' });
  }
  return { ok: true, found };
}

function noUpkeepPayload(payloads: Dictionary[]): ProfileReading {
  const types = payloads.flatMap((payload) => {
    const type = payload.PayloadType;
    if (typeof type !== 'string' || type === 'Configuration') return [];
    if (type !== MANAGED_PREFERENCES || !isDictionary(payload.PayloadContent)) return [type];
    return Object.keys(payload.PayloadContent).map((domain) => `${type} for ${domain}`);
  });
  const has = types.length === 0 ? 'no payload at all' : [...new Set(types)].slice(0, 20).join(', ');
  return no(
    `is a configuration profile without upkeep settings; it has ${has}`,
    `Add a payload of the type ${PREFERENCE_DOMAIN}, or one of ${MANAGED_PREFERENCES} for that domain.`,
  );
}

/** The keys that describe the payload itself; macOS leaves some of them in the preference domain as well. */
function withoutPayloadKeys(dictionary: Dictionary): Dictionary {
  return Object.fromEntries(Object.entries(dictionary).filter(([key]) => !/^Payload[A-Z]/.test(key)));
}

function isDictionary(value: unknown): value is Dictionary {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function no(what: string, remedy: string): { ok: false; what: string; remedy: string } {
  return { ok: false, what, remedy };
}
