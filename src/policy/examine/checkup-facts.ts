import type { Account, AdminGroup, CryptoUser, FileVaultState, Lockout, TokenState } from '../../domain/accounts.ts';
import type { AuthMethod, MethodTrouble } from '../../domain/authority.ts';
import type { BootstrapToken } from '../../domain/bootstrap-token.ts';
import type { ConsoleUser, Fact } from '../../domain/facts.ts';
import type { Instant } from '../../domain/instant.ts';
import type { MdmHolder } from '../../domain/mdm-credential.ts';
import type { PushAbilities, PushFailure } from '../../domain/push.ts';
import type { MdmService } from '../../domain/settings.ts';
import type { AuthorityRules } from '../choose-authority.ts';

/** Failed logins on one account, and from how many on it is locked. */
export type LoginFacts = { lockout: Fact<Lockout>; failures: Fact<number>; failedAt: Instant | null };

/** A line of `/var/log/jamf.log`. The time has no year, so it stays a text. */
export type JamfLine = { when: string; pid: number; text: string };

/** What upkeep's own status says of itself; null where it has never written one. */
export type OwnHealth = {
  writtenAt: string;
  /** Only those about upkeep itself, by their codes of health. */
  problems: { code: string; text: string; remedy: string }[];
};

/** What the last try of a saved password showed; `only-login` and `only-disk` where it opens one and not the other. */
export type Verification = { account: string; verdict: 'right' | 'wrong' | 'only-login' | 'only-disk'; at: Instant };

/** upkeep's own account, by its record. */
export type ServiceAccountFacts =
  | { state: 'unfinished'; name: string }
  | { state: 'gone'; name: string }
  | {
      state: 'ready';
      /** What it is called now. */
      name: string;
      renamedFrom: string | null;
      /** What somebody changed about it, in sentences without their full stop. */
      altered: string[];
      /** A change of its password was cut off. */
      rotating: boolean;
      /** When its password is to be changed; null: never, or it has none. */
      rotationDue: Instant | null;
    };

/** A place that others than root may change, and why. */
export type OpenPlace = { path: string; why: string };

/** What of its privileges a credential lacks, may lack, and has besides; `beyond` null where nobody is told. */
export type Rights = { missing: string[]; unproven: string[]; beyond: string[] | null };

/** What the server said when it was asked what it could do for this Mac, and what the credential may. */
export type ServerAnswer = {
  address: string;
  seen: PushAbilities | { failed: PushFailure };
  privileges: Rights | { failed: PushFailure };
};

/**
 * The management server that the settings name, and whose credential is saved for it. `isServerItself`: its address is that of
 * the server the Mac is enrolled in, so that there is no broker between; null where it is not known.
 */
export type ServerFacts = {
  service: MdmService;
  holder: MdmHolder | null;
  isServerItself: boolean | null;
  answer: Fact<ServerAnswer>;
};

/**
 * What an examination is made from, plain JSON. Every fact may be unknown, with the reason. The optional ones are missing
 * where nothing of the kind is set up or nobody looks after it: nothing is said of them then.
 */
export type CheckupFacts = {
  at: Instant;
  zone: string;
  /** `dialogOpen`: where others than root could put another program in the place of the dialog; null where nowhere. */
  tools: Fact<{ needed: number; missing: string[]; dialog: boolean; dialogOpen: Fact<OpenPlace | null> }>;
  appleSilicon: Fact<boolean>;
  consoleUser: Fact<ConsoleUser | null>;
  accounts: Fact<Account[]>;
  administrators: Fact<AdminGroup>;
  /** By name of account, as `sysadminctl` tells it; the accounts that were asked for alone. */
  tokens: Readonly<Record<string, Fact<TokenState>>>;
  cryptoUsers: Fact<CryptoUser[]>;
  logins: Readonly<Record<string, LoginFacts>>;
  methods: Fact<Readonly<Record<AuthMethod, MethodTrouble | null>>>;
  rules: Fact<AuthorityRules>;
  fileVault: Fact<FileVaultState>;
  /** “No” may also mean that the tool could not tell. */
  recoveryKey: Fact<boolean>;
  authRestart: Fact<boolean>;
  /** What unlocking the next start takes; `openers` can unlock the disk. Asked where the settings want it done, on Intel. */
  nextStart?: Fact<{ keepsKey: boolean; openers: string[] }>;
  /** null: this Mac has no such log. */
  jamfLog: Fact<JamfLine[] | null>;
  own: Fact<OwnHealth | null>;
  /** Who can read the saved passwords. */
  keychain?: Fact<'root-only' | 'others-too' | 'empty'>;
  /** upkeep's own account. */
  serviceAccount?: Fact<ServiceAccountFacts>;
  verifications?: Fact<Verification[]>;
  /** `enrolled` null: not known. `interrupted`: upkeep was cut off after it had removed the old one. */
  bootstrapToken?: { token: BootstrapToken; enrolled: boolean | null; interrupted: boolean };
  /** The management server as a way to updates. */
  server?: Fact<ServerFacts>;
  /** The name that the management server has for its account on this Mac. */
  managementAccount?: Fact<string>;
};
