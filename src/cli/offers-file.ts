import { readUpdateList, type UpdateList } from '../adapters/softwareupdate/parse-list.ts';
import type { Offer } from '../domain/offer.ts';
import { UpkeepError } from '../domain/problem.ts';
import { readText } from './input.ts';

/** The offers in a captured list, read by the very parser the agent uses. */
export function readOffers(path: string): Offer[] {
  const text = readText(path, 'the list of offers');
  const list = listIn(text, path);
  if (list.state !== 'error') return [...list.updates];
  throw new UpkeepError(
    'input.wrong',
    `${path} holds no list of updates but a complaint of softwareupdate: “${list.text}” (${list.error}).`,
    { remedy: HOW_TO_GET_ONE, facts: { file: path, error: list.error } },
  );
}

const HOW_TO_GET_ONE =
  'Save what `softwareupdate --list` prints on a Mac that reaches Apple; examples/offers-26.6.2.txt is such a file.';

function listIn(text: string, path: string): UpdateList {
  try {
    return readUpdateList({ stdout: text, stderr: '', exitCode: 0, args: ['--list'], macos: null });
  } catch (cause) {
    if (!(cause instanceof UpkeepError) || cause.code !== 'output.unreadable') throw cause;
    const why =
      text.trim() === ''
        ? 'it is empty'
        : /^\s*<(?:!doctype|html|head|body|\?xml)/i.test(text)
          ? 'it is a web page or XML; a download probably ended on an error page'
          : (/: (.*?)\.?$/s.exec(cause.message)?.[1] ?? cause.message);
    throw new UpkeepError('input.unreadable', `${path} is not what \`softwareupdate --list\` prints: ${why}.`, {
      remedy: HOW_TO_GET_ONE,
      facts: { file: path },
      cause,
    });
  }
}
