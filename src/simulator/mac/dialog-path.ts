/** swiftDialog comes from a third party, so unlike macOS's own tools it can be missing. */
export const DIALOG_PATH = '/usr/local/bin/dialog';
