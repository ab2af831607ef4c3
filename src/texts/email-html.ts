import { blocksAsText, type Block } from './blocks.ts'
import { directionOf } from './languages.ts'
import type { ShortTranslation } from './rendered.ts'

const signs: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
/** Text made safe for HTML, in elements and attributes. */
export const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => signs[sign] ?? '')

interface Email {
  subject: string
  language: string
  blocks: Block[]
  /** in the person's own language, after the Swedish */
  also?: ShortTranslation
}

function blockAsHtml(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h2 style="font-size:20px;margin:24px 0 8px">${escaped(block.text)}</h2>`
    case 'paragraph':
      return `<p style="margin:0 0 16px">${escaped(block.text).replaceAll('\n', '<br>')}</p>`
    case 'list':
      return `<ul style="margin:0 0 16px">${block.items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`
    case 'panel':
      return ''
  }
}

/**
 * The one place where an e-mail's HTML is made: no links, no images, nothing loaded from elsewhere; every value
 * escaped.
 */
export const emailHtml = (email: Email): string => `<!doctype html>
<html lang="${escaped(email.language.replace('-simple', ''))}" dir="${directionOf(email.language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(email.subject)}</title></head>
<body style="margin:0;padding:16px;background:#fff;color:#111;font:18px/1.5 Verdana,Arial,sans-serif">
<div style="max-width:36em;margin:0 auto">
${email.blocks.map(blockAsHtml).join('\n')}
${email.also ? `<div lang="${escaped(email.also.language)}" dir="${email.also.direction}" style="margin-top:24px;border-top:1px solid #767676">\n${email.also.body.map(blockAsHtml).join('\n')}\n</div>\n` : ''}</div></body></html>
`

/** An e-mail's two bodies, plain text and HTML, from the same blocks. */
export const emailBodies = (email: Email): { text: string; html: string } => ({
  text: `${[email.blocks, ...(email.also ? [email.also.body] : [])].map(blocksAsText).join('\n\n----------\n\n')}\n`,
  html: emailHtml(email),
})
