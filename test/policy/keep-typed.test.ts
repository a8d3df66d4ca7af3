// When keeping what somebody types makes sense: only where it could be kept.
import { expect, test } from 'vitest';
import { type AuthMethod, type MethodTrouble, NOTHING_SAVED } from '../../src/domain/authority.ts';
import { mayKeepTyped } from '../../src/policy/authority.ts';
import { factsAt, MONDAY_NINE, settings } from '../support/situations.ts';

const offered = (methods: Partial<Record<AuthMethod, MethodTrouble | null>>, severalSaved = false) =>
  mayKeepTyped(
    { ...settings, authentication: { ...settings.authentication, rememberTyped: true, severalSaved } },
    { ...factsAt(MONDAY_NINE), authority: { methods: { ...NOTHING_SAVED, ...methods }, person: 'ready' } },
  );

test.each<[string, boolean, Partial<Record<AuthMethod, MethodTrouble | null>>, boolean?]>([
  ['nothing is saved', true, {}],
  ['theirs is saved', false, { 'saved-password': null }],
  ['theirs is wrong', true, { 'saved-password': 'wrong-password' }],
  ['another password is in the way', false, { 'local-account': null }],
  ['what lets into the management server is in the way', false, { mdm: null }],
  ['it is in the way although it fails', false, { mdm: 'server-unreachable' }],
  ['several may be saved', true, { mdm: null, 'local-account': null }, true],
])('%s: %s', (_, wanted, methods, severalSaved) => expect(offered(methods, severalSaved)).toBe(wanted));
