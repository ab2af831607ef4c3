import { noticeKinds } from '../campaigns/spec.ts'
import type { MessageKind } from '../letters/signed-code.ts'

/** The step by which somebody is told, in a campaign and in the kinds of notice: those of the column message.lost. */
export const firstSteps = ['invitation', ...noticeKinds]

const byStep: [RegExp, MessageKind][] = [
  [/^invitation/, 'invitation'],
  [/^(reminder|appointment-reminder)/, 'reminder'],
  [/^confirmation/, 'confirmation'],
  [/^correction/, 'correction'],
  [/^(fraud|warning)/, 'warning'],
]

/**
 * What kind of message it is, in as few words as anybody may know: shown to whoever has the check code. A notice's
 * template says which.
 */
export const kindOf = ({ step, template }: { step: string; template: string }): MessageKind =>
  byStep.find(([pattern]) => pattern.test(step === 'notice' ? template : step))?.[1] ?? 'message'
