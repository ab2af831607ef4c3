import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Block } from './blocks.ts'
import { stateOf, type Approval, type TextState } from './approvals.ts'
import { escaped } from './email-html.ts'
import { sampleText } from './sample-text.ts'
import type { Texts, TextVersion } from './texts.ts'

const forms = ['letter', 'email', 'sms', 'page', 'warning', 'phone-script', 'contact-card', 'back']
const first = ['sv', 'sv-simple', 'en', 'ar']
const rank = (order: string[], name: string) =>
  order.includes(name) ? order.indexOf(name) : order.length

const said: Record<TextState, string> = {
  source: 'Swedish source: approved with the campaign',
  draft: 'draft: not yet read by a native reader',
  approved: 'approved',
  stale: 'stale: the Swedish text has changed',
}

// Scripts that a reader's machine often lacks are carried along; the rest every browser has.
const require = createRequire(import.meta.url)
const carried = [
  ['arabic', 'U+0600-06FF, U+0750-077F, U+08A0-08FF, U+FB50-FDFF, U+FE70-FEFC'],
  ['ethiopic', 'U+1200-139F, U+2D80-2DDF, U+AB00-AB2F'],
  ['thai', 'U+0E00-0E7F'],
] as const
/** Font faces for a page of HTML with texts in these scripts. */
export const carriedFonts = () =>
  carried
    .map(
      ([script, range]) =>
        `@font-face { font-family: Carried; unicode-range: ${range}; src: ` +
        `url(data:font/woff2;base64,${readFileSync(require.resolve(`@fontsource/noto-sans-${script}/files/noto-sans-${script}-${script}-400-normal.woff2`)).toString('base64')}) ` +
        '}',
    )
    .join('\n')

const style = `
:root { color-scheme: light } * { box-sizing: border-box }
body { margin: 0; padding: 24px; background: #eef1f4; color: #16202a; font: 14px/1.45 Carried, "Noto Sans", Arial, sans-serif }
h1 { margin: 0 0 4px; font-size: 26px } h2 { margin: 36px 0 4px; font-size: 20px } h3 { margin: 18px 0 8px; font-size: 14px; color: #4a5866 }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); gap: 14px; align-items: start }
article { background: #fff; border: 1px solid #c9d2da; border-top: 5px solid #7a8894; border-radius: 4px; padding: 14px 16px; overflow-wrap: anywhere }
article.draft { border-top-color: #b26a00 } article.stale { border-top-color: #b3261e } article.approved { border-top-color: #1b7a43 } article.source { border-top-color: #0b5394 }
header { display: flex; gap: 8px; flex-wrap: wrap; align-items: baseline; margin-bottom: 10px; font-size: 12px; color: #4a5866 } header b { font-size: 15px; color: #16202a }
.state { padding: 1px 8px; border-radius: 9px; background: #e3e8ec; color: #24303b }
.draft .state { background: #ffe9c7; color: #5f3a00 } .stale .state { background: #fbdad7; color: #7a120c } .approved .state { background: #d3f0df; color: #0d4a27 } .source .state { background: #d6e7f8; color: #07355f }
.title { font-size: 17px; font-weight: 700; margin: 0 0 8px } .text h4 { margin: 12px 0 2px; font-size: 14px } .text p { margin: 0 0 8px; white-space: pre-line } .text ul { margin: 0 0 8px; padding-inline-start: 20px }
dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 12px; margin: 8px 0 12px; padding: 8px 12px; border: 2px solid #16202a } dt { color: #4a5866 } dd { margin: 0; font-weight: 700 } dd small { display: block; font-weight: 400 }
.note { color: #4a5866; font-size: 12px; margin: 6px 0 0 }`

/**
 * All texts on one page of HTML that needs nothing from elsewhere: every template, language and channel, with
 * its state.
 */
export function cataloguePage(texts: Texts, approvals: Approval[]): string {
  const all = texts.all()
  const states = all.map((text) => stateOf(text, approvals).state)
  const count = (state: TextState) => states.filter((s) => s === state).length
  const names = [...new Set(all.map((text) => text.template))]
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>All texts</title><style>${carriedFonts()}${style}</style></head>
<body><h1>All texts</h1>
<p>${all.length} texts in ${new Set(all.map((text) => text.language)).size} languages: ${count('source')} Swedish, ${count('approved')} approved, ${count('draft')} drafts, ${count('stale')} stale. The facts are invented.</p>
${names
  .map((name) =>
    section(
      name,
      texts,
      all.filter((text) => text.template === name),
      approvals,
    ),
  )
  .join('\n')}
</body></html>
`
}

function section(name: string, texts: Texts, own: TextVersion[], approvals: Approval[]): string {
  const groups = forms.flatMap((form) => {
    const inForm = own
      .filter((text) => text.channel === form)
      .sort(
        (a, b) =>
          rank(first, a.language) - rank(first, b.language) || a.language.localeCompare(b.language),
      )
    return inForm.length === 0
      ? []
      : [
          `<h3>${form}</h3><div class="grid">${inForm.map((text) => card(texts, text, approvals)).join('\n')}</div>`,
        ]
  })
  return `<section><h2>${escaped(name === '_blocks' ? 'Beside a Swedish text: on the back of a letter, after an e-mail or SMS' : name)}</h2>${groups.join('\n')}</section>`
}

function card(texts: Texts, text: TextVersion, approvals: Approval[]): string {
  const { state, approval } = stateOf(text, approvals)
  const { title, rows, body, note, direction } = sampleText(texts, text)
  const frame =
    rows.length === 0
      ? ''
      : `<dl>${rows.map(({ label, value, more }) => `<dt>${escaped(label)}</dt><dd>${escaped(value)}${more ? `<small>${escaped(more)}</small>` : ''}</dd>`).join('')}</dl>`
  const placed = body
    .map((block) => (block.kind === 'panel' ? frame : blockAsHtml(block)))
    .join('\n')
  return `<article class="${state}"><header><b>${escaped(text.language)}</b><span class="state">${said[state]}${approval ? ` by ${escaped(approval.approver)}` : ''}</span><span>${escaped(text.version)}</span></header>
<div class="text" lang="${escaped(text.language.replace('-simple', ''))}" dir="${direction}">${title ? `<p class="title">${escaped(title)}</p>` : ''}${placed}</div>${note ? `<p class="note">${escaped(note)}</p>` : ''}</article>`
}

function blockAsHtml(block: Exclude<Block, { kind: 'panel' }>): string {
  switch (block.kind) {
    case 'heading':
      return `<h4>${escaped(block.text)}</h4>`
    case 'paragraph':
      return `<p>${escaped(block.text)}</p>`
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`
  }
}
