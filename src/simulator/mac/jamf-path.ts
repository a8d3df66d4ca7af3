/** Jamf’s own program, which is on a Mac that Jamf manages. */
export const JAMF_PATH = '/usr/local/jamf/bin/jamf';
