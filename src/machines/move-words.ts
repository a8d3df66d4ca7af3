import type { PushMove } from '../domain/push.ts';

/** How far the management server's order is on this Mac. */
export function moveWords(move: PushMove | undefined): string {
  switch (move?.phase) {
    case undefined:
      return '';
    case 'ordered':
      return ': ordered';
    case 'acknowledged':
      return ': the Mac has heard of it';
    case 'put-off':
      return ': the Mac has put it off for a while';
    case 'preparing':
      return `: prepared to ${move.percent} %`;
    case 'prepared':
      return ': prepared';
  }
}
