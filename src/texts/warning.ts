import { emailBodies } from './email-html.ts'
import type { Rendered, Warning } from './rendered.ts'
import { smsLength } from './sms.ts'

/** The template whose `warning` form goes with other texts. */
export const warnings = 'fraud-warning'

/**
 * A text with the warning in it: after the greeting of a letter or e-mail; at the end of an SMS, whole where
 * the SMS stays in one part with it, else in its shortest form. The version names both texts.
 */
export function withWarning(rendered: Rendered, warning: Warning): Rendered {
  const version = `${rendered.version}+${warning.version}`
  if (rendered.kind === 'sms') {
    const [whole, short] = [warning.sms, warning.shortest].map(
      (words) => `${rendered.text} ${words}`,
    ) as [string, string]
    const text = smsLength(whole).segments === 1 ? whole : short
    const { encoding, units, segments } = smsLength(text)
    return { ...rendered, version, text, encoding, units, segments }
  }
  if (rendered.kind === 'letter')
    return { ...rendered, version, body: rendered.body.toSpliced(1, 0, ...warning.body) }
  const blocks = rendered.blocks.toSpliced(1, 0, ...warning.body)
  return { ...rendered, version, blocks, ...emailBodies({ ...rendered, blocks }) }
}
