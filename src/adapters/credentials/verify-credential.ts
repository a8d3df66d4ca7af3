import type { SavedCredential, SavedMethod } from '../../domain/credentials.ts';
import type { CredentialStore } from './credential-store.ts';
import { type Verification, type VerifyParts, verifyPassword } from './verify-password.ts';

export type CheckedCredential = { saved: SavedCredential; verification: Verification };

/** Tries a saved credential, at most once a day, and notes when it was right. Null where none is saved. */
export async function verifyCredential(
  store: CredentialStore,
  parts: VerifyParts,
  method: SavedMethod,
): Promise<CheckedCredential | null> {
  const saved = store.saved(method);
  if (saved === null) return null;
  const reading = await store.read(method);
  if (!reading.found) {
    const { trouble, why } = reading;
    if (trouble === 'not-set') return null;
    return { saved, verification: { fit: false, trouble, why, until: null, tried: false } };
  }
  const { account, version: credential, secret } = reading;
  const verification = await verifyPassword(parts, { account, credential, secret });
  if (!verification.fit) return { saved, verification };
  store.verified(saved, verification.at);
  return { saved: { ...saved, verifiedAt: verification.at }, verification };
}
