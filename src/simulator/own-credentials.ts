import { EscrowFile } from '../adapters/bootstrap-token/escrow-file.ts';
import { AgentCredentials } from '../adapters/credentials/agent-credentials.ts';
import type { PrivateFiles } from '../adapters/credentials/private-files.ts';
import { servicePartsIn } from '../adapters/credentials/service-parts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import type { Http } from '../ports/http.ts';
import { random } from './random.ts';

export const FOLDER = '/state';

/** Files that last as long as the map does. */
export function filesIn(disk: Map<string, string>): PrivateFiles {
  return {
    read: (path) => disk.get(path) ?? null,
    write: (path, text) => void disk.set(path, text),
  };
}

/** Passwords as the agent has them, over the tools of a simulated Mac, with the files about them wherever they are. */
export function ownCredentials(
  { http, ...parts }: { commands: Commands; clock: Clock; http: Http | null },
  files: PrivateFiles,
): AgentCredentials {
  const dice = random('passwords of the service account');
  return new AgentCredentials({
    ...servicePartsIn(FOLDER, parts, { files, pick: (below) => dice.whole(0, below - 1) }),
    // There is one agent, in one process: nothing to wait for.
    lock: () => ({ release: () => undefined }),
    token: { http, file: new EscrowFile(FOLDER, files) },
  });
}
