/** The errors of Open Directory as its tools name them. */
const CODES = {
  eDSAuthFailed: -14090,
  eDSPermissionError: -14120,
  eDSRecordAlreadyExists: -14135,
  eDSRecordNotFound: -14136,
  eDSAttributeNotFound: -14134,
  eDSAuthPasswordQualityCheckFailed: -14165,
  eDSAuthAccountDisabled: -14167,
} as const;

export type DirectoryError = keyof typeof CODES;

export function codeOf(error: DirectoryError): number {
  return CODES[error];
}

/** Its exit status is what is left of the code in one byte, the sign lost before. */
export function exitCodeOf(error: DirectoryError): number {
  return -CODES[error] % 256;
}
