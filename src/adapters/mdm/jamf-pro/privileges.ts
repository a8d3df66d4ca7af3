/** What of Jamf Pro is asked. One name for one call, so that a refusal can name the privileges it may be about. */
export type CallName =
  | 'version'
  | 'own-account'
  | 'inventory'
  | 'feature-toggle'
  | 'feature-toggle-status'
  | 'available-updates'
  | 'plans'
  | 'create-plan'
  | 'send-updates'
  | 'blank-push-classic'
  | 'blank-push'
  | 'commands';

export type CredentialKind = 'client' | 'account';

/** A privilege: by its names in API roles, the usual one first, and by what an account’s page calls it. */
export type Privilege = { names: readonly string[]; onAccountPage: string };

const READ_PLANS: Privilege = {
  names: ['Read Managed Software Updates'],
  onAccountPage: 'Managed Software Updates (Read)',
};
const CREATE_PLANS: Privilege = {
  names: ['Create Managed Software Updates'],
  onAccountPage: 'Managed Software Updates (Create)',
};
const READ_COMPUTERS: Privilege = { names: ['Read Computers'], onAccountPage: 'Computers (Read)' };
const READ_MOBILE: Privilege = { names: ['Read Mobile Devices'], onAccountPage: 'Mobile Devices (Read)' };
// Some servers still say “OS X”, some “macOS”.
const UPDATE_COMPUTERS: Privilege = {
  names: [
    'Send Computer Remote Command to Download and Install OS X Update',
    'Send Computer Remote Command to Download and Install macOS Update',
  ],
  onAccountPage: 'Send Computer Remote Command to Download and Install macOS Update',
};
const UPDATE_MOBILE: Privilege = {
  names: ['Send Mobile Device Remote Command to Download and Install iOS Update'],
  onAccountPage: 'Send Mobile Device Remote Command to Download and Install iOS Update',
};
const BLANK_PUSH: Privilege = {
  names: ['Send Blank Pushes to Computers'],
  onAccountPage: 'Send Blank Pushes to Computers',
};
const VIEW_COMMANDS: Privilege = {
  names: ['View MDM command information in Jamf Pro API'],
  onAccountPage: 'View MDM command information in Jamf Pro API',
};

const READ_OF_PLANS = [READ_PLANS, READ_COMPUTERS, READ_MOBILE];

/** Plans belong to mobile devices too, and Jamf Pro wants the privileges of both, whatever is asked for. */
export const NEEDED: Readonly<Record<CallName, readonly Privilege[]>> = {
  version: [],
  'own-account': [],
  inventory: [READ_COMPUTERS],
  'feature-toggle': [READ_PLANS],
  'feature-toggle-status': [READ_PLANS],
  'available-updates': [],
  plans: READ_OF_PLANS,
  'create-plan': [CREATE_PLANS, READ_COMPUTERS, READ_MOBILE, UPDATE_COMPUTERS, UPDATE_MOBILE],
  'send-updates': [UPDATE_COMPUTERS],
  'blank-push-classic': [BLANK_PUSH],
  'blank-push': [VIEW_COMMANDS],
  commands: [VIEW_COMMANDS],
};

/** The name that an administrator looks for. */
export const privilegeName = ({ names, onAccountPage }: Privilege, credential: CredentialKind): string =>
  credential === 'account' ? onAccountPage : (names[0] ?? onAccountPage);

/** Which privileges a refusal may be about: Jamf Pro does not say which. */
export function privilegeWords(call: CallName, credential: CredentialKind): string {
  const holder = credential === 'account' ? 'the account' : 'the role of the API client';
  const names = NEEDED[call].map((one) => privilegeName(one, credential));
  if (names.length === 0) return `${holder} lets it ask nothing`;
  return names.length === 1 ? `${holder} lacks ${names[0]}` : `${holder} lacks one of: ${names.join('; ')}`;
}
