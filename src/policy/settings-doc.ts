import { PREFERENCE_DOMAIN } from './profile.ts';
import { defaultSettings, knownKeys } from './schema.ts';
import type { KnownKey } from './setting-types.ts';

/** docs/settings.md, made from the schema so that it cannot say anything else than what is in force. */
export function renderSettingsDoc(): string {
  const top = knownKeys.filter((known) => !known.key.includes('.') && !known.key.includes('[]'));
  const sections = top.map((known) => {
    const inner = knownKeys.filter(
      (other) => other.key.startsWith(`${known.key}.`) || other.key.startsWith(`${known.key}[]`),
    );
    if (known.kind !== 'group') return [`## \`${known.key}\``, ...body(known), ...inner.flatMap(entry)].join('\n\n');
    return [`## \`${known.key}\``, known.words.means, ...inner.flatMap(entry)].join('\n\n');
  });
  return `${[INTRODUCTION, ...sections, TOGETHER].join('\n\n')}\n`;
}

function entry(known: KnownKey): string[] {
  if (known.kind === 'group') return [`### \`${known.key}\``, known.words.means];
  const depth = known.key.split('.').length > 2 ? '####' : '###';
  return [`${depth} \`${known.key}\``, ...body(known)];
}

function body(known: KnownKey): string[] {
  const { means, allowed, unit, example } = known.words;
  const lines = [`- Allowed: ${allowed}`];
  if (unit !== null) lines.push(`- Unit: ${unit}`);
  lines.push(known.kind === 'entry' ? '- Default: none, it must be given' : `- Default: ${defaultWords(known.key)}`);
  lines.push(`- Example: \`${JSON.stringify(example)}\``);
  return [means, lines.join('\n')];
}

function defaultWords(key: string): string {
  const value = key.split('.').reduce<unknown>((inner, name) => {
    return typeof inner === 'object' && inner !== null
      ? Object.getOwnPropertyDescriptor(inner, name)?.value
      : undefined;
  }, defaultSettings);
  if (value === null) return 'not set';
  return Array.isArray(value) && value.length === 0 ? '`[]` (none)' : `\`${JSON.stringify(value)}\``;
}

const INTRODUCTION = `# Settings

<!-- Made by src/policy/settings-doc.ts from src/policy/schema.ts; change those, not this. -->

Everything an admin can say. All keys may be left out; what is left out has its default. What is wrong is never passed
over: an unknown or misspelt key, a wrong type or an impossible combination is reported, all of it at once, and then
nothing of that file is in force.

Settings come as

- a configuration profile with a payload of the type \`${PREFERENCE_DOMAIN}\`, or of \`com.apple.ManagedClient.preferences\`
  that forces this domain (\`Forced\` → \`mcx_preference_settings\`);
- a property list (XML or binary) of the domain \`${PREFERENCE_DOMAIN}\`;
- JSON, for trying things out.

A dot in a key stands for a group: \`deadlines.hard.days\` is

\`\`\`json
{ "deadlines": { "hard": { "days": 14 } } }
\`\`\`

and in a profile

\`\`\`xml
<key>deadlines</key>
<dict>
	<key>hard</key>
	<dict>
		<key>days</key>
		<integer>14</integer>
	</dict>
</dict>
\`\`\`

Numbers are \`<integer>\`, yes and no are \`<true/>\` and \`<false/>\`, all else is \`<string>\`: dates and times too, because
a \`<date>\` is in UTC and deadlines are promised in the local time of each Mac. Ready-made files are in
[examples](../examples/README.md).

**Passwords, tokens and the like are never settings.** What a profile sets can be read by every user of the Mac. A key that
looks like a credential is refused, and its value is not repeated.`;

const TOGETHER = `## What does not go together

Refused:

- deadlines that do not come in the order focus, soft, hard, each kind (\`count\`, \`days\`, \`date\`) for itself;
- a deadline date before a fixed \`deadlines.zeroDate\`;
- \`warning.lockedFloorMinutes\` shorter than \`warning.floorMinutes\`.

Accepted, but said aloud:

- no soft or hard deadline (people can defer for ever), a soft one without a hard one (a Mac never restarts by itself), a
  hard one without a soft one (nobody is asked to pick a time first), a hard one due from the start;
- deadlines of different kinds that overtake each other, where a fixed \`deadlines.zeroDate\` lets that be seen;
- \`unattended.install\` waiting for a deadline that is not set;
- entries of the deferral menu that reach past a deadline from the start;
- active hours too short for a warning, or without the time of day at which deadlines fall;
- a deadline at a time that the change to summer time leaves out.`;
