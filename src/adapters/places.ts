/**
 * Where everything of upkeep lies on a Mac. `root` is the empty text on a real one; only an explicit `--root` makes the
 * whole layout move below another folder, tools included, which is how the simulated Mac's second door is used.
 */
export type Places = {
  root: string;
  /** A tool of macOS or another program, by its path on a real Mac. */
  tool: (path: string) => string;
  /** State of the agent: database, promises, backup; root's alone. */
  state: string;
  logs: string;
  launchDaemons: string;
  command: string;
  /** The folder of the sockets; `admin/` and `user/<uid>/` lie in it. */
  sockets: string;
  /** Anybody may put an empty file here to have the agent started; launchd watches it. */
  doorbell: string;
  managedPreferences: string;
  localPreferences: string;
  localtime: string;
  /** Where macOS keeps what a management server declared to it. */
  declarations: string;
  /** What Jamf's own agent writes, where there is one. */
  jamfLog: string;
};

const SUPPORT = '/Library/Application Support/Upkeep';

export function placesUnder(root: string): Places {
  const under = (path: string): string => `${root}${path}`;
  return {
    root,
    tool: under,
    state: under(`${SUPPORT}/state`),
    logs: under('/Library/Logs/Upkeep'),
    launchDaemons: under('/Library/LaunchDaemons'),
    command: under('/usr/local/bin/upkeep'),
    sockets: under('/var/run/upkeep'),
    doorbell: under(`${SUPPORT}/doorbell`),
    managedPreferences: under('/Library/Managed Preferences/org.upkeep.agent.plist'),
    localPreferences: under('/Library/Preferences/org.upkeep.agent.plist'),
    localtime: under('/private/etc/localtime'),
    declarations: under('/private/var/db/softwareupdate/SoftwareUpdateDDMStatePersistence.plist'),
    jamfLog: under('/private/var/log/jamf.log'),
  };
}
