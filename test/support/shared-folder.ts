// Where the bundle lies that all files of one run share. Known by the folder that all programs of the run look into.
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export const sharedFolder = (): string =>
  join(root, 'dist', `shared-${basename(process.env.UPKEEP_WATCH ?? 'nobody')}`);
