import type { Finding, Rule } from './finding.ts'

// A host written without https:// is one when it ends as hosts usually do, has www. before it or a path after
// it, or when what follows its last dot is in small letters: "evil.zone", but not "Vasagatan 12.Ta med …".
const tlds =
  'se|nu|com|net|org|info|eu|io|ly|me|co|app|dev|xyz|top|link|online|site|shop|click|live|biz|ru|cn|tk|uk|de|no|dk|fi|gl|gg|cc|example|test|invalid|page|web|cloud|care|health|support|help|рф|рус|укр|бел|срб|бг|онлайн|сайт'
const label = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?'
const rest = '(?::\\d+)?(?:\\/[^\\s<>"”»)]*)?'
const link = new RegExp(
  `(?<![\\p{L}\\p{N}._-])(?:(https?|ftp):\\/\\/[^\\s<>"”»)]+|(?:${label}\\.)+(?:(?:${tlds})(?![\\p{L}\\p{N}-]|\\.[\\p{L}])|\\p{L}{2,}(?=\\/\\p{L}))${rest}|www\\.[^\\s<>"”»)]+|\\d{1,3}(?:\\.\\d{1,3}){3}(?![\\d.])${rest})`,
  'giu',
)
const small = new RegExp(
  `(?<![\\p{L}\\p{N}._@-])(?!(?:kl|tel|nr|ca|obs|dvs|osv|mm|bl|fr|mr|dr|st)\\.)(?:${label}\\.)*[\\p{L}\\p{N}-]*[A-Za-zÅÄÖåäö\\d]{2}\\.\\p{Ll}{2,}(?![\\p{L}\\p{N}])${rest}`,
  'gu',
)
const mailbox = /[^\s@<>()"”:,;/\\]+@([\p{L}\p{N}.-]*[\p{L}\p{N}])/giu
const active = /(?<![\p{L}])(?:javascript|vbscript|data):\S+/giu

/**
 * What hides a host: signs that don't show, other dots than the full stop, and addresses written to be put
 * together by the reader.
 */
export const unmasked = (text: string): string =>
  text
    .replace(/[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .normalize('NFKC')
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15))
    .replace(/[\u3002\uff0e\uff61\u2024]|\s?[[({](?:\.|punkt|dot)[\])}]\s?/gi, '.')
    .replace(/(?<![\p{L}])hxxp/giu, 'http')

/** The addresses in a text, with their hosts in lower case and without www.; of a mail address the part after @. */
export function linksIn(given: string): { whole: string; host: string }[] {
  const text = unmasked(given)
  const mail = [...text.matchAll(mailbox)].map(([whole, host = '']) => ({
    whole,
    host: hostOf(`https://${host}`),
  }))
  const bare = text.replace(mailbox, ' ')
  const known = [...bare.matchAll(link)]
  const others = [...bare.replace(link, (found) => ' '.repeat(found.length)).matchAll(small)]
  return [
    ...[...known, ...others].map(([all]) => {
      const whole = all.replace(/[.,;:!?]+$/, '')
      return { whole, host: hostOf(/^[a-z]+:\/\//i.test(whole) ? whole : `https://${whole}`) }
    }),
    ...mail,
    ...[...text.matchAll(active)].map(([whole]) => ({ whole, host: '' })),
  ]
}

/** '' when it is no address that a browser could open. */
function hostOf(address: string): string {
  try {
    return new URL(address).hostname.toLowerCase().replace(/^www\./, '')
  } catch {
    return ''
  }
}

/** No address outside the region's own domains: what looks like one of ours but isn't is the fraudster's best tool. */
export const foreignLinks: Rule = ({ shown, domains }) =>
  shown.flatMap(({ text, line }) =>
    linksIn(text)
      .filter(
        ({ host }) => !domains.some((domain) => host === domain || host.endsWith(`.${domain}`)),
      )
      .map(({ whole }): Finding => ({
        rule: 'foreign-link',
        severity: 'error',
        line,
        message: `${whole} is none of our own addresses (${domains.join(', ')}): use one of them, or take it out.`,
      })),
  )

// Letters of two scripts in one word: "BаnkID" with a Cyrillic а looks right, and gets past every other rule.
const mixed =
  /(?=[\p{L}\p{N}]*\p{Script=Latin})(?=[\p{L}\p{N}]*[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}])[\p{L}\p{N}]+/gu

/** No word that mixes scripts whose letters look alike. */
export const mixedScripts: Rule = ({ shown }) =>
  shown.flatMap(({ text, line }) =>
    [...unmasked(text).matchAll(mixed)].map(([word]): Finding => ({
      rule: 'mixed-script',
      severity: 'error',
      line,
      message: `"${word}" has letters of two scripts that look alike: write it again.`,
    })),
  )
