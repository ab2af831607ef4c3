import { blocksAsText } from './blocks.ts'
import { emailBodies } from './email-html.ts'
import type { ShortTranslation, Rendered } from './rendered.ts'
import { smsLength } from './sms.ts'

/**
 * A Swedish text with the short text in the person's own language after it: on a letter's back, at the foot of
 * an e-mail, at the end of an SMS. An SMS in which both fit GSM-7 gets no further part for it: where there is
 * no room it stays in Swedish alone, without `also`. With other scripts the whole is sent as UCS-2, in as many
 * parts as it takes. The version names both texts.
 */
export function withShortTranslation(rendered: Rendered, also: ShortTranslation): Rendered {
  if (rendered.kind === 'letter') return { ...rendered, also }
  const version = `${rendered.version}+${also.version}`
  if (rendered.kind === 'email')
    return { ...rendered, version, also, ...emailBodies({ ...rendered, also }) }
  const text = `${rendered.text} ${blocksAsText(also.body)}`
  const { encoding, units, segments } = smsLength(text)
  if (encoding === 'GSM-7' && segments > rendered.segments) return rendered
  return { ...rendered, version, text, encoding, units, segments, also }
}
