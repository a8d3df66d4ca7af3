import { isLoopback } from '../../http/loopback.ts';

/**
 * The address of a Jamf Pro server as `jss_url` or a setting has it, without a slash at its end; null where it is none, or
 * not https. Only a server on this very computer, as for a trial, may do without.
 */
export function jamfAddress(text: string): string | null {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) return null;
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
