import type { Block } from '../../../texts/blocks.ts'
import { escaped } from '../../../texts/email-html.ts'

// Phones, codes and dates in right-to-left text are isolates already (texts/context.ts): HTML keeps the characters
// as they are.
/** A notice's text as HTML, every value escaped. @param heading the level of its headings */
export const blocksHtml = (blocks: readonly Block[], heading: 2 | 3): string =>
  blocks
    .map((block) => {
      switch (block.kind) {
        case 'heading':
          return `<h${heading}>${escaped(block.text)}</h${heading}>`
        case 'paragraph':
          return `<p>${escaped(block.text).replaceAll('\n', '<br>')}</p>`
        case 'list':
          return `<ul>${block.items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`
        case 'panel':
          return ''
      }
    })
    .join('\n')
