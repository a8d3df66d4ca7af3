import { fileURLToPath } from 'node:url';

/** The bundle is flat, and everything of it lies in one folder (docs/decisions/0017-one-bundle.md). */
const isBundled = !import.meta.url.endsWith('.ts');

const ownFile = (inBundle: string, inSource: string): string =>
  fileURLToPath(new URL(isBundled ? inBundle : inSource, import.meta.url));

/** What Node is given to run upkeep. */
export const ENTRY_FILE = ownFile('./upkeep.js', './main.ts');

/** The list of updates that a simulation takes where none is named. */
export const EXAMPLE_OFFERS_FILE = ownFile('./examples/offers-26.6.2.txt', '../../examples/offers-26.6.2.txt');
