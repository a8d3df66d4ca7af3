import { AUTH_METHODS, type AuthMethod } from '../../domain/authority.ts';
import type { KeptItem, SavedCredential } from '../../domain/credentials.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { CredentialStore } from './credential-store.ts';

/**
 * Takes the service account off this Mac; `credential` is the saved one, or one that was prepared for it. Done again it changes nothing. When it throws, the
 * credential stays, so that it can be done again.
 */
export type RemoveServiceAccount = (credential: KeptItem) => Promise<void>;

/**
 * Deletes saved credentials. The password of a service account is the only way to it, so the account goes first: without
 * `removeServiceAccount` nothing at all is deleted. Returns what had been saved.
 */
export async function deleteCredentials(
  store: CredentialStore,
  methods: readonly AuthMethod[],
  removeServiceAccount: RemoveServiceAccount | null,
): Promise<SavedCredential[]> {
  const { saved, prepared } = store.list();
  const service = [...saved, ...prepared].find(({ method }) => method === 'service-account');
  if (service !== undefined && methods.includes('service-account')) {
    if (removeServiceAccount === null) throw cannotRemove(service);
    await removeServiceAccount(service);
  }
  return store.delete(methods);
}

/** Deletes all of them, also where the file that names them is damaged or lost. */
export async function deleteAllCredentials(
  store: CredentialStore,
  removeServiceAccount: RemoveServiceAccount | null = null,
): Promise<SavedCredential[]> {
  const deleted = store.isReadable() ? await deleteCredentials(store, AUTH_METHODS, removeServiceAccount) : [];
  await store.clear();
  return deleted;
}

function cannotRemove({ account }: KeptItem): UpkeepError {
  return new UpkeepError(
    'credential.in-the-way',
    `the service account “${account}” cannot be removed by this version.`,
    {
      remedy: 'Remove the account first; its password would be lost with the credential. Nothing was deleted.',
      facts: { account },
    },
  );
}
