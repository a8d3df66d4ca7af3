/** Privileges as an API role lists them; those the calls of this server ask for. */
export const PRIVILEGES = [
  'Create Managed Software Updates',
  'Read API Roles',
  'Read Computers',
  'Read Managed Software Updates',
  'Read Mobile Devices',
  'Send Blank Pushes to Computers',
  'Send Computer Remote Command to Download and Install OS X Update',
  'Send Declarative Management Command',
  'Send Mobile Device Remote Command to Download and Install iOS Update',
  'Update Computers',
  'Update Managed Software Updates',
  'View MDM command information in Jamf Pro API',
] as const;

export type Privilege = (typeof PRIVILEGES)[number];

/** Servers differ in what they call the Mac's system in one of them. */
export type MacName = 'OS X' | 'macOS';

export function privilegeNamed(name: string): Privilege | null {
  const usual = name.replace('Install macOS Update', 'Install OS X Update');
  return PRIVILEGES.find((privilege) => privilege.toLowerCase() === usual.toLowerCase()) ?? null;
}

export function shownPrivilege(privilege: Privilege, name: MacName): string {
  return privilege.replace('Install OS X Update', `Install ${name} Update`);
}
