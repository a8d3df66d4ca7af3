// The file in which macOS keeps what was declared for it: keys as models of it name them, values as `defaults read` prints them.
import { describe, expect, test } from 'vitest';
import type { Printed } from '../../../src/adapters/commands/command.ts';
import { readDdmState } from '../../../src/adapters/macos/ddm-state.ts';

const printed = (stdout: string, stderr = ''): Printed => ({
  args: [],
  macos: null,
  stdout,
  stderr,
  exitCode: stdout === '' ? 1 : 0,
});
const fields = (declarations: string) => `{
    Declarations =     {
${declarations}    };
    SUCoreDDMDeclarationGlobalSettings =     {
        automaticallyDownload = 1;
        majorOSDeferralPeriod = 0;
    };
}
`;
const ONE = `        "com.example.enforce" =         {
            DetailsURL = "https://example.com/why = {";
            RMStoreDeclarationKey = "com.example.enforce";
            TargetBuildVersion = 25G83;
            TargetLocalDateTime = "2026-11-16T12:00:00";
            TargetOSVersion = "26.6.2";
        };
`;

describe('what macOS was told by declaration', () => {
  test('is a version, a build and a moment for each', () => {
    const other = ONE.replaceAll('example.enforce', 'example.other').replace(/ +TargetBuildVersion[^\n]*\n/, '');
    expect(readDdmState(printed(fields(ONE + other)))).toEqual({
      enforcements: [
        { version: '26.6.2', build: '25G83', by: '2026-11-16T12:00:00' },
        { version: '26.6.2', build: null, by: '2026-11-16T12:00:00' },
      ],
    });
  });

  test.each([
    ['the file is not there', printed('', 'The domain/default pair of (x, y) does not exist\n')],
    ['there is no declaration', printed(fields(''))],
    ['nothing of declarations is in it', printed('{\n}\n')],
    ['a declaration has no moment', printed(fields(ONE.replace(/ +TargetLocalDateTime[^\n]*\n/, '')))],
    ['a declaration has no version', printed(fields(ONE.replace(/ +TargetOSVersion[^\n]*\n/, '')))],
  ])('is nothing where %s', (_, from) => {
    expect(readDdmState(from)).toEqual({ enforcements: [] });
  });

  test.each([
    ['it is cut', printed(fields(ONE).slice(0, 200))],
    ['it is empty', printed('', 'something else\n')],
    ['the version is none', printed(fields(ONE.replace('"26.6.2"', '"soon"')))],
    ['the moment is none', printed(fields(ONE.replace('2026-11-16T12', '2026-13-16T12')))],
    ['declarations are a list', printed('{\n    Declarations =     (\n    );\n}\n')],
    ['a declaration is a word', printed(fields('        a = b;\n'))],
  ])('cannot be read where %s', (_, from) => {
    expect(() => readDdmState(from)).toThrow(expect.objectContaining({ code: 'output.unreadable' }));
  });
});
