import { type Instant, lengthWords, localWords, MINUTE_MS } from '../domain/instant.ts';
import type { Request } from '../domain/request.ts';
import { type Asked, ask } from './ask.ts';
import type { CliCommand } from './command.ts';
import { groundOf } from './ground.ts';
import { placesOf } from './root-option.ts';

/** The options of every command that asks the agent for something, as its help shows them. */
export const REQUEST_OPTIONS_HELP = `  --root DIR   the agent of a simulated Mac below this folder
  --json       what became of it as one JSON object (schema upkeep.asked/1)`;

/** A command that asks the agent for something; `read` makes the request out of what was typed. */
export function requestCommand({
  read,
  ...command
}: Pick<CliCommand, 'name' | 'help' | 'positionals'> & {
  read: (argument: string | undefined, now: Instant, zone: string) => Request;
}): CliCommand {
  return {
    ...command,
    options: { root: { type: 'string' }, json: { type: 'boolean' } },
    run: async (values, [argument], io) => {
      const places = placesOf(values);
      const ground = await groundOf(places);
      const zone = ground.clock.zone();
      const request = read(argument, ground.clock.now(), zone);
      const asked = await ask(places, ground, request);
      const { id, by, heard } = asked;
      const json = { schema: 'upkeep.asked/1', id, by, request, kept: true, heard: heard.replaceAll(' ', '-') };
      io.out(values.json === true ? `${JSON.stringify(json, null, 2)}\n` : words(asked, request, zone));
      return 0;
    },
  };
}

function words({ by, heard }: Asked, request: Request, zone: string): string {
  return `Kept. ${HEARD[heard]}\n${next(request, by, zone)}\n\`upkeep status\` shows what comes of it.\n`;
}

const HEARD: Record<Asked['heard'], string> = {
  'at once': 'The agent has it.',
  'after a start': 'The agent was started and has it.',
  later: 'The agent could not be started; it hears this at its next wake.',
};

/** What happens next; the agent decides, so this says no more than what it aims at. */
function next(request: Request, by: Asked['by'], zone: string): string {
  switch (request.kind) {
    case 'check':
      return 'It looks for updates.';
    case 'install':
      return by === 'admin'
        ? 'It installs as soon as it can; people are warned first, as always.'
        : 'It installs as soon as it can.';
    case 'defer':
      return `It puts the update off for ${lengthWords(request.minutes * MINUTE_MS)}, as far as settings and deadlines allow.`;
    case 'schedule':
      return `It restarts for the update at the chosen time, ${localWords(request.at, zone)}, unless a deadline comes first.`;
    case 'pause':
      return `It does nothing but look until ${localWords(request.until, zone)}.`;
    case 'resume':
      return 'A pause is over; it goes on where it was.';
    case 'reset':
      return 'It forgets failed attempts and waiting times; promises and deadlines stay.';
  }
}
