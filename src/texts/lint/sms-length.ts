import { plainForSms, smsLength } from '../sms.ts'
import type { Finding, Rule } from './finding.ts'

// What a sign that GSM 03.38 lacks can be written as; the typographic ones plainForSms knows.
const instead = (sign: string) => {
  const plain = plainForSms(sign)
  if (plain !== sign) return plain
  const bare = sign.normalize('NFD').replace(/\p{M}/gu, '')
  return bare !== sign && smsLength(bare).nonGsm.length === 0
    ? bare
    : (
        {
          ł: 'l',
          Ł: 'L',
          đ: 'd',
          Đ: 'D',
          '•': '-',
          '´': "'",
          '`': "'",
          '«': '"',
          '»': '"',
          '×': 'x',
          '·': '.',
          '\t': ' ',
        } as Record<string, string>
      )[sign]
}
const alwaysUcs2 = /[\u0370-\uffff]/

/** How many parts an SMS is sent as, and which characters make it dearer. */
export const smsParts: Rule = ({ channel, sms, lines, isTemplate }) => {
  if (channel !== 'sms') return []
  const { encoding, nonGsm } = smsLength(sms)
  const findings: Finding[] = []
  const scripted = nonGsm.some((sign) => alwaysUcs2.test(sign) && /\p{L}/u.test(sign))
  if (encoding === 'UCS-2' && !scripted) {
    for (const sign of nonGsm) {
      const plain = instead(sign)
      const advice = plain === undefined ? 'take it out' : `write "${plain}"`
      const said =
        isTemplate && plainForSms(sign) !== sign
          ? 'is made plain when it is sent'
          : 'forces UCS-2, 70 characters a part instead of 160'
      findings.push({
        rule: 'sms-ucs2',
        severity: 'warning',
        line: lines.find(({ text }) => text.includes(sign))?.line ?? 1,
        message: `"${sign}" (U+${sign.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}) ${said}: ${advice}.`,
      })
    }
  }
  const sent = smsLength(isTemplate ? plainForSms(sms) : sms)
  const most = sent.encoding === 'GSM-7' ? 1 : 2
  if (sent.segments > most)
    findings.push({
      rule: 'sms-segments',
      severity: 'warning',
      line: 1,
      message: `Is sent and paid as ${sent.segments} parts (${sent.units} units of ${sent.encoding}): shorten it to ${most === 1 ? '160' : '134'}.`,
    })
  return findings
}

const purpose = /vaccin|covid|corona|cancer|screening|cellprov|mammograf|diagnos|تطعيم|كوفيد/iu

/**
 * SMS and e-mail are read by others over a shoulder: no purpose and no diagnosis without a risk analysis
 * (HSLF-FS 2016:40).
 */
export const neutral: Rule = ({ channel, lines }) =>
  channel !== 'sms' && channel !== 'email'
    ? []
    : lines.flatMap(({ text, line }): Finding[] => {
        const word = purpose.exec(text)?.[0]
        return word
          ? [
              {
                rule: 'not-neutral',
                severity: 'warning',
                line,
                message: `"${word}" tells what the visit is for: SMS and e-mail are neutral unless a risk analysis allows it.`,
              },
            ]
          : []
      })
