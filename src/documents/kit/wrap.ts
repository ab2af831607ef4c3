/** How wide a text is, in points. */
export type Measure = (text: string) => number

/**
 * Breaks a text into lines that fit the width: at spaces, and inside a word only when the word is wider than a whole
 * line. A line that ends at a space keeps it, so that a program that reads the text aloud does not join the words.
 */
export function wrap(text: string, width: number, measure: Measure): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width, measure))
}

function wrapLine(text: string, width: number, measure: Measure): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.match(/[^ ]+ *| +/g) ?? []) {
    if (line !== '' && measure((line + word).trimEnd()) > width) {
      lines.push(line)
      line = ''
    }
    line += word
    while (measure(line.trimEnd()) > width) {
      const part = fitting(line, width, measure)
      if (part === line) break
      lines.push(part)
      line = line.slice(part.length)
    }
  }
  lines.push(line.trimEnd())
  return lines
}

/**
 * As much of a word as fits, at least one character; it ends at a hyphen, slash, full stop or @ where there is one
 * far enough on.
 */
function fitting(word: string, width: number, measure: Measure): string {
  const characters = Array.from(word)
  let count = 1
  while (count < characters.length && measure(characters.slice(0, count + 1).join('')) <= width)
    count++
  const part = characters.slice(0, count).join('')
  const nice = /^.*[-/.@_]/.exec(part)?.[0] ?? ''
  return nice.length > part.length / 2 ? nice : part
}
