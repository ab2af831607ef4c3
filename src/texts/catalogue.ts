import { stateOf, type Approval } from './approvals.ts'
import { escaped } from './email-html.ts'
import { directionOf } from './languages.ts'
import type { RenderedLetter } from './rendered.ts'
import { carriedFonts } from './catalogue-page.ts'
import type { TextVersion } from './texts.ts'

/** One language's column on a contact sheet. */
export interface CatalogueEntry {
  /**
   * what was asked for, what the letter came out in when that is another, and whether somebody who reads it has
   * approved the text
   */
  language: string
  became: string | null
  state: string | null
  /** PNG, in the order of the pages */
  pages: { caption: string; png: Buffer }[]
  messages: { heading: string; language: string; text: string }[]
}

const style = `
:root { color-scheme: light } * { box-sizing: border-box }
body { margin: 0; padding: 20px; background: #eef1f4; color: #16202a; font: 14px/1.45 Carried, "Noto Sans", Arial, sans-serif }
h1 { margin: 0 0 4px; font-size: 24px } h2 { margin: 0 0 8px; font-size: 17px } h2 small { font-weight: 400; color: #4a5866 } h3 { margin: 12px 0 2px; font-size: 13px; color: #4a5866 }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(340px, 1fr)); gap: 16px; align-items: start; margin-top: 16px }
section { background: #fff; border: 1px solid #c9d2da; border-radius: 4px; padding: 12px; break-inside: avoid }
.pages { display: flex; gap: 8px; flex-wrap: wrap } figure { margin: 0; flex: 1 1 150px; max-width: 320px } figcaption { font-size: 12px; color: #4a5866 }
img { width: 100%; height: auto; display: block; border: 1px solid #c9d2da } img:target, a:focus img { outline: 3px solid #0b5394 }
.said { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font: inherit; font-size: 13px; background: #f6f8fa; padding: 8px }
.long { max-height: 16em; overflow: auto }
@media print { @page { size: A4 landscape; margin: 8mm } body { padding: 0; background: #fff } main { grid-template-columns: repeat(4, 1fr); gap: 4mm } section { padding: 2mm } .messages { display: none } }`

/** Who has read a letter's text, and the short one on its back: null when it is none of ours. */
export function letterState(
  { language, also }: Pick<RenderedLetter, 'language' | 'also'>,
  template: string,
  all: TextVersion[],
  approvals: Approval[],
): string | null {
  const stateIn = (template: string, channel: string, language: string) => {
    const text = all.find(
      (t) => t.template === template && t.channel === channel && t.language === language,
    )
    return text ? stateOf(text, approvals).state : null
  }
  const own = stateIn(template, 'letter', language)
  return also && own
    ? `${own}; on the back ${nameOf(also.language)}, ${stateIn('_blocks', 'back', also.language) ?? 'unknown'}`
    : own
}

/**
 * Letters in several languages beside each other, with what SMS and e-mail say, on one page of HTML that needs
 * nothing from elsewhere.
 */
export function catalogue(title: string, note: string, entries: CatalogueEntry[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${carriedFonts()}${style}</style></head>
<body><h1>${escaped(title)}</h1><p>${escaped(note)}</p>
<main>
${entries.map(section).join('\n')}
</main></body></html>
`
}

const names = new Intl.DisplayNames('en', { type: 'language' })
const nameOf = (language: string): string =>
  language === 'sv-simple' ? 'Easy Swedish' : (names.of(language) ?? language)

function section({ language, became, state, pages, messages }: CatalogueEntry): string {
  const about = [became && became !== language ? `in ${nameOf(became)}` : '', state ?? '']
    .filter(Boolean)
    .join(', ')
  return `<section><h2>${escaped(`${nameOf(language)} (${language})`)}${about ? ` <small>${escaped(about)}</small>` : ''}</h2>
<div class="pages">${pages.map(({ caption, png }) => `<figure><img src="data:image/png;base64,${png.toString('base64')}" alt="${escaped(caption)}"><figcaption>${escaped(caption)}</figcaption></figure>`).join('')}</div>
<div class="messages">${messages.map(({ heading, language: spoken, text }) => `<h3>${escaped(heading)}</h3><pre class="said long" lang="${escaped(spoken.replace('-simple', ''))}" dir="${directionOf(spoken)}" tabindex="0">${escaped(text)}</pre>`).join('')}</div></section>`
}
