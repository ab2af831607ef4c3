const named: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  shy: '\u00ad',
  zwj: '',
  zwnj: '',
  aring: 'å',
  auml: 'ä',
  ouml: 'ö',
  Aring: 'Å',
  Auml: 'Ä',
  Ouml: 'Ö',
  eacute: 'é',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  rdquo: '”',
  rsquo: '’',
  bull: '•',
  period: '.',
  colon: ':',
  sol: '/',
  commat: '@',
}

const decoded = (text: string): string =>
  text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));?/gi,
    (all, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
      const code = decimal ? Number(decimal) : hex ? parseInt(hex, 16) : undefined
      if (code !== undefined) return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
      return named[name ?? ''] ?? all
    },
  )

const feeds = (text: string) => '\n'.repeat(text.split('\n').length - 1)

/** Whether a text is HTML rather than words with a < in them. */
export const looksLikeHtml = (text: string): boolean =>
  /<\/?(?:a|b|i|p|br|h[1-6]|em|strong|span|div|ul|ol|li|img|form|table|tr|td|body|html|head|style|script|button|iframe)(?:\s[^<>]*)?\/?>/i.test(
    text,
  )

/**
 * What a reader of an e-mail in HTML sees, with each address that it leads to or loads from beside its words,
 * so that the rules see it too. Lines stay where they are; what is one block in HTML is one paragraph.
 */
export function htmlAsText(html: string): string {
  const visible = html.replace(
    /<!--[\s\S]*?-->|<(style|script|head)\b[\s\S]*?<\/\1>/gi,
    (all) =>
      `${[...all.matchAll(/url\(\s*["']?([^"')]+)/gi)].map((m) => ` ${m[1]} `).join('')}${feeds(all)}`,
  )
  return decoded(
    visible.replace(
      /<\/?([a-z][a-z0-9]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/gi,
      (all, tag: string, attributes: string) => {
        const addresses = [
          ...attributes.matchAll(
            /\b(?:href|src|action|formaction|background|poster|srcset|data)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))|url\(\s*["']?([^"')]+)/gi,
          ),
        ].map((m) => (m[1] ?? m[2] ?? m[3] ?? m[4] ?? '').trim())
        const led = addresses
          .filter((address) => address !== '' && !/^(?:#|tel:|cid:)/i.test(address))
          .map(
            (address) => ` ${address.replace(/^mailto:/i, '').replace(/^\/\/(?=\w)/, 'https://')} `,
          )
        const apart = /^(?:p|br|h[1-6]|div|ul|ol|li|table|tr|td|th|body|html|title|section)$/i.test(
          tag,
        )
          ? ' \u2029'
          : ''
        return `${led.join('')}${apart}${feeds(all)}`
      },
    ),
  )
}
