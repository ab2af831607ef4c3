/**
 * Stands beside what would be structure had the template said it: a value can make no heading, item, panel or
 * line break. Values have no control characters (facts.ts), so it is never one's own; readBlocks and `say` take
 * it away.
 */
export const valueMark = '\u0000'

/** The body of a letter or e-mail. In a paragraph `\n` is a line break that is meant. */
export type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'list'; items: string[] }
  /** where a letter's time-and-place or booking panel stands */
  | { kind: 'panel' }

/**
 * Reads a body: blank lines part paragraphs, `# ` makes a heading, `- ` an item, `[panel]` places the panel,
 * and a line that ends with `\` is broken there. All that only where the template says it: what a value brings
 * is text.
 */
export function readBlocks(text: string): Block[] {
  const blocks: Block[] = []
  let open: Block | undefined // what a further line belongs to; a blank line closes it
  for (const line of text.split('\n').map((line) => line.trim())) {
    if (line === '') open = undefined
    else if (line === '[panel]') {
      blocks.push({ kind: 'panel' })
      open = undefined
    } else if (line.startsWith('# ')) {
      blocks.push({ kind: 'heading', text: line.slice(2) })
      open = undefined
    } else if (line.startsWith('- ')) {
      if (open?.kind === 'list') open.items.push(line.slice(2))
      else blocks.push((open = { kind: 'list', items: [line.slice(2)] }))
    } else if (open?.kind === 'list') open.items.push(`${open.items.pop()} ${line}`)
    else if (open?.kind === 'paragraph')
      open.text = open.text.endsWith('\\')
        ? `${open.text.slice(0, -1)}\n${line}`
        : `${open.text} ${line}`
    else blocks.push((open = { kind: 'paragraph', text: line }))
  }
  return blocks.map(withoutMarks)
}

function withoutMarks(block: Block): Block {
  if (block.kind === 'panel') return block
  return block.kind === 'list'
    ? { kind: 'list', items: block.items.map((item) => item.replaceAll(valueMark, '')) }
    : { kind: block.kind, text: block.text.replaceAll(valueMark, '') }
}

/** The blocks as plain text, for the e-mail that shows no HTML and for checks of the language. */
export const blocksAsText = (blocks: Block[]): string =>
  blocks
    .map((block) => {
      if (block.kind === 'list') return block.items.map((item) => `- ${item}`).join('\n')
      return block.kind === 'panel' ? '' : block.text
    })
    .filter((text) => text !== '')
    .join('\n\n')
