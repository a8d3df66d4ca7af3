import { EscrowFile } from '../adapters/bootstrap-token/escrow-file.ts';
import { arm64 } from '../adapters/commands/fact-commands.ts';
import { withLimits } from '../adapters/commands/limits.ts';
import { runCommand } from '../adapters/commands/run-command.ts';
import type { CredentialStore } from '../adapters/credentials/credential-store.ts';
import { privateFiles } from '../adapters/credentials/private-files.ts';
import type { ServiceParts } from '../adapters/credentials/service-account.ts';
import { servicePartsIn } from '../adapters/credentials/service-parts.ts';
import type { VerifyParts } from '../adapters/credentials/verify-password.ts';
import type { ServerParts } from '../adapters/mdm/open-server.ts';
import { readPreferences } from '../adapters/settings/read-preferences.ts';
import { factOf } from '../agent/effects/fact-of.ts';
import { requireTools } from '../agent/required-tools.ts';
import { UpkeepError } from '../domain/problem.ts';
import type { AuthenticationSettings, MdmSettings } from '../domain/settings.ts';
import type { Http } from '../ports/http.ts';
import { lockCredentials } from '../store/lock.ts';
import type { Values } from './command.ts';
import { groundOf } from './ground.ts';
import { httpOf } from './http-of.ts';
import { placesOf } from './root-option.ts';

/** What the subcommands of `auth` work with. */
export type AuthGround = {
  store: CredentialStore;
  parts: VerifyParts;
  service: ServiceParts;
  serviceSettings: () => Promise<AuthenticationSettings['serviceAccount']>;
  /** `http` null: no server can be asked, as for a simulated Mac. */
  token: { http: Http | null; file: EscrowFile };
  /** The management server of the settings, as it can be asked. */
  server: ServerParts & { settings: () => Promise<MdmSettings> };
  zone: string;
  severalSaved: () => Promise<boolean>;
  /** What whoever saves something is told about an Intel Mac, as a line; empty on others, and where it is not known. */
  intelWords: () => Promise<string>;
  /** Does something while nobody else changes or tries saved credentials. Throws `agent.locked` after a while. */
  alone: <T>(work: () => Promise<T>) => Promise<T>;
};

const ON_INTEL =
  'This is an Intel Mac, where no password is needed to install: it is used only to restart past the FileVault screen, if the settings ask for that.';

/** Throws `not-root` for anybody else unless a root is given, and `not-a-mac` where tools are missing. */
export async function authGround(values: Values): Promise<AuthGround> {
  const places = placesOf(values);
  if (places.root === '' && process.geteuid?.() !== 0) {
    throw new UpkeepError('not-root', 'only root may look at or change saved credentials.', {
      remedy: 'Put `sudo` in front.',
    });
  }
  requireTools(places);
  const { clock, commands: tools } = await groundOf(places);
  const commands = withLimits(tools, clock);
  const zone = clock.zone();
  const service = servicePartsIn(places.state, { commands, clock });
  const http = httpOf(places);
  const allSettings = async () => (await readPreferences(places, { zone })).settings;
  const settings = async () => (await allSettings()).authentication;
  return {
    store: service.store,
    parts: service,
    service,
    serviceSettings: async () => (await settings()).serviceAccount,
    token: { http, file: new EscrowFile(places.state, privateFiles) },
    server: { commands, clock, http, settings: async () => (await allSettings()).mdm },
    zone,
    severalSaved: async () => (await settings()).severalSaved,
    intelWords: async () => {
      const chip = await factOf(() => runCommand(commands, arm64, undefined));
      return chip.known && !chip.value.appleSilicon ? `${ON_INTEL}\n` : '';
    },
    alone: async (work) => {
      const lock = lockCredentials(places.state);
      try {
        return await work();
      } finally {
        lock.release();
      }
    },
  };
}
