/** What is wrong with the address of a server, so that it continues a sentence; null where nothing is. */
export function wrongServerAddress(text: string): string | null {
  const url = URL.parse(text.trim());
  if (url === null) return 'is no address';
  if (url.username !== '' || url.password !== '')
    return 'holds a name or a password, which `upkeep auth set mdm` takes; take it out, and change it if it was real';
  if (url.search !== '' || url.hash !== '') return 'goes on after the path, with a query or a fragment';
  return url.protocol === 'https:' ? null : 'is not https, and what is sent there would be read by others';
}

/** The address without a slash at its end; null where it is none of https. */
export function serverAddress(text: string): string | null {
  if (wrongServerAddress(text) !== null) return null;
  const { origin, pathname } = new URL(text.trim());
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}
