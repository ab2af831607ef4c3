import type { MessageKind } from '../letters/signed-code.ts'

const byStep: [RegExp, MessageKind][] = [
  [/^invitation/, 'invitation'], [/^(reminder|appointment-reminder)/, 'reminder'], [/^confirmation/, 'confirmation'], [/^correction/, 'correction'], [/^(fraud|warning)/, 'warning'],
]

/** What kind of message a step sends, in as few words as anybody may know: shown to whoever has the check code. */
export const kindOf = (step: string): MessageKind => byStep.find(([pattern]) => pattern.test(step))?.[1] ?? 'message'
