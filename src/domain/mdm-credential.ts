import type { Secret } from './secret.ts';

/** What lets us into a management server: an API client with its roles, or an account of the server itself. */
export type MdmCredential =
  | { kind: 'client'; id: string; secret: Secret }
  | { kind: 'account'; name: string; password: Secret };

/** Whose it is: the id of a client, or the name of an account. */
export type MdmHolder = { kind: MdmCredential['kind']; name: string };

/** As it is kept beside the secret. */
export const holderText = ({ kind, name }: MdmHolder): string => `${kind}:${name}`;

export function holderIn(text: string): MdmHolder | null {
  const [, kind, name] = /^(client|account):(.+)$/.exec(text) ?? [];
  return kind === undefined || name === undefined ? null : { kind: kind as MdmHolder['kind'], name };
}

export const holderWords = ({ kind, name }: MdmHolder): string =>
  `${kind === 'client' ? 'API client' : 'account'} “${name}”`;

export const credentialOf = ({ kind, name }: MdmHolder, secret: Secret): MdmCredential =>
  kind === 'client' ? { kind, id: name, secret } : { kind, name, password: secret };
