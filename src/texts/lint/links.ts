import type { Finding, Rule } from './finding.ts'

// A host written without https:// is one when it ends as hosts usually do, or has www. before it or a path after it.
const tlds = 'se|nu|com|net|org|info|eu|io|ly|me|co|app|dev|xyz|top|link|online|site|shop|click|live|biz|ru|cn|tk|uk|de|no|dk|fi|gl|gg|cc|example|test|invalid|page|web|cloud|care|health|support|help'
const link = new RegExp(
  `(?<![\\p{L}\\p{N}@._-])(?:(https?|ftp):\\/\\/[^\\s<>"”»)]+|(?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?\\.)+(?:(?:${tlds})(?![\\p{L}\\p{N}-]|\\.[\\p{L}])|\\p{L}{2,}(?=\\/\\p{L}))(?::\\d+)?(?:\\/[^\\s<>"”»)]*)?|www\\.[^\\s<>"”»)]+)`,
  'giu',
)

/** The addresses in a text, with their hosts in lower case and without www. An e-mail address is none. */
export const linksIn = (text: string): { whole: string; host: string }[] =>
  [...text.replace(/[\u200e\u200f\u2066-\u2069]/g, '').matchAll(link)].flatMap(([all]) => {
    const whole = all.replace(/[.,;:!?]+$/, '')
    try {
      const { hostname } = new URL(/^[a-z]+:\/\//i.test(whole) ? whole : `https://${whole}`)
      return [{ whole, host: hostname.toLowerCase().replace(/^www\./, '') }]
    } catch {
      return [{ whole, host: '' }]
    }
  })

/** No address outside the region's own domains: what looks like one of ours but isn't is the fraudster's best tool. */
export const foreignLinks: Rule = ({ shown, domains }) =>
  shown.flatMap(({ text, line }) =>
    linksIn(text)
      .filter(({ host }) => !domains.some((domain) => host === domain || host.endsWith(`.${domain}`)))
      .map(({ whole }): Finding => ({ rule: 'foreign-link', severity: 'error', line, message: `${whole} is none of our own addresses (${domains.join(', ')}): use one of them, or take it out.` })),
  )
