import type { UpdateError } from './parse-errors.ts';

/** What a complaint of `softwareupdate` means, as the end of a sentence about what failed. */
export const FAILURE_WORDS: Readonly<Record<UpdateError, string>> = {
  unreachable: 'Apple’s update servers did not answer',
  scanFailed: 'the search for updates broke off',
  helper: 'the update service of macOS does not answer; a restart of the Mac cures that',
  busy: 'the update service of macOS is busy',
  noSuchUpdate: 'this update is not offered any more',
  noSpace: 'there is not enough free storage',
  authentication: 'macOS did not accept the password',
  failedToDownload: 'the download broke off',
  interactiveAuthorizationRequired: 'macOS wants somebody to agree in a dialog of its own',
  passwordPrompt: 'macOS wants a password',
  installFailed: 'macOS could not install it',
  updateNotFound: 'this version is not offered',
  usage: 'softwareupdate did not understand the request',
};
