import type { Instant } from '../../domain/instant.ts';
import type { Declaration, InstallAction, ManagedMac, MdmChannel, MdmCommand } from './managed-mac.ts';

/** A command the Mac was given, whether or not it does anything about it. */
export type ToldCommand = {
  at: Instant;
  kind: 'command';
  command: MdmCommand['RequestType'];
  /** Of an order to update: what, and how. */
  version: string | null;
  action: InstallAction | null;
};
/** Declarations as the Mac read them: those that enforce an update. */
export type ToldDeclarations = {
  at: Instant;
  kind: 'declarations';
  enforced: readonly { version: string; by: string }[];
};
export type Told = ToldCommand | ToldDeclarations;

/** The Mac, with everything that a server tells it noted down on the way. Neither notices. */
export function overheard(mac: ManagedMac, now: () => Instant, note: (told: Told) => void): ManagedMac {
  return {
    facts: () => mac.facts(),
    notify: () => mac.notify(),
    enrolled: (channel) => mac.enrolled(tapped(channel, now, note)),
  };
}

function tapped(channel: MdmChannel, now: () => Instant, note: (told: Told) => void): MdmChannel {
  return {
    connect: (report) => {
      const reply = channel.connect(report);
      if (reply.kind === 'command') note({ at: now(), kind: 'command', ...inShort(reply.command.Command) });
      return reply;
    },
    declarations: () => {
      const declared = channel.declarations();
      if (declared !== 'unreachable') note({ at: now(), kind: 'declarations', enforced: declared.flatMap(enforcedBy) });
      return declared;
    },
    reportStatus: (report) => channel.reportStatus(report),
    setBootstrapToken: (token) => channel.setBootstrapToken(token),
    bootstrapToken: () => channel.bootstrapToken(),
  };
}

function inShort(command: MdmCommand): Pick<ToldCommand, 'command' | 'version' | 'action'> {
  const [update] = command.RequestType === 'ScheduleOSUpdate' ? command.Updates : [];
  return {
    command: command.RequestType,
    version: update?.ProductVersion ?? null,
    action: update?.InstallAction ?? null,
  };
}

/** The update that a declaration enforces, if it is of that sort. */
export function enforcedBy({ Type, Payload }: Declaration): { version: string; by: string }[] {
  if (Type !== 'com.apple.configuration.softwareupdate.enforcement.specific') return [];
  return [{ version: String(Payload.TargetOSVersion), by: String(Payload.TargetLocalDateTime) }];
}
