import type { MethodTrouble } from '../domain/authority.ts';
import type { SavedMethod } from '../domain/credentials.ts';
import type { Secret } from '../domain/secret.ts';

/** `version` names this very password among the attempts. `why` continues a sentence and holds no secret. */
export type CredentialReading =
  | { found: true; account: string; version: string; secret: Secret }
  | { found: false; trouble: MethodTrouble; why: string };

/** Reads what is saved. It never throws for anything that is wrong with the Mac: that is a trouble of the method. */
export interface Credentials {
  read(method: SavedMethod): Promise<CredentialReading>;
}
