import { recordAt, recordsIn } from './directory-records.ts';
import { isMember } from './dseditgroup.ts';
import type { Tool } from './tool.ts';

/** `-u`, `-un`, `-g` and `-Gn`, of the caller or of somebody named. */
export const id: Tool = (argv, io, mac) => {
  const letters = argv
    .filter((one) => one.startsWith('-'))
    .join('')
    .replaceAll('-', '');
  const asked = argv.find((one) => !one.startsWith('-')) ?? io.caller.name;
  const byNumber = mac.accounts.numbered(Number(asked))?.name;
  const record = recordAt('Users', asked, mac) ?? recordAt('Users', byNumber ?? '', mac);
  if (record === null) {
    io.printErr(`id: ${asked}: no such user\n`);
    return 1;
  }
  const one = (key: string): string => record.attributes.get(key)?.[0] ?? '';
  const groups = (recordsIn('Groups', mac) ?? []).filter(({ name }) => isMember(record.name, name, mac));
  const numbers = groups.map(({ attributes }) => attributes.get('PrimaryGroupID')?.[0] ?? '');
  if (letters.includes('G')) {
    io.print(`${(letters.includes('n') ? groups.map(({ name }) => name) : numbers).join(' ')}\n`);
  } else if (letters.includes('u')) io.print(`${letters.includes('n') ? record.name : one('UniqueID')}\n`);
  else if (letters.includes('g')) io.print(`${one('PrimaryGroupID')}\n`);
  else {
    const shown = groups.map(({ name }, place) => `${numbers[place]}(${name})`).join(',');
    io.print(`uid=${one('UniqueID')}(${record.name}) gid=${one('PrimaryGroupID')} groups=${shown}\n`);
  }
  return 0;
};
