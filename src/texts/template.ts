import Handlebars from 'handlebars'
import { Refused } from '../errors.ts'
import { valueMark } from './blocks.ts'
import { knownPlaceholders, lettersOnly, type Form } from './context.ts'

type Statement = hbs.AST.Statement
type Ask = (placeholder: string) => boolean

/** One piece of text, compiled once: how to fill it and what it needs. */
export interface Piece {
  fill(values: ReadonlyMap<string, string>): string
  /** The placeholders it needs given which of the facts are there (`#if` asks `has`), in order of appearance. */
  needs(has: Ask): string[]
}

// Our own Handlebars, in which nothing but #if and #unless exists: no lookup, no each, no log, no partials
// found at run time.
const handlebars = Handlebars.create()
for (const helper of Object.keys(handlebars.helpers))
  if (helper !== 'if' && helper !== 'unless') handlebars.unregisterHelper(helper)

const isPath = (node: hbs.AST.Node): node is hbs.AST.PathExpression =>
  node.type === 'PathExpression'

/**
 * Compiles one piece of a template.
 * @param blocks finds the text of `{{> name}}`, a shared block
 * @throws Refused `bad-template` naming the file and line for anything but known placeholders, `#if`, `#unless`
 *   and shared blocks
 */
export function compilePiece(
  source: string,
  where: string,
  channel: Form,
  blocks: (name: string) => string | undefined,
): Piece {
  const refuse = (what: string, node: hbs.AST.Node): never => {
    throw new Refused(
      'bad-template',
      `${where}: ${what} (line ${node.loc.start.line} of its text). Use only {{known.placeholders}}, {{#if ` +
        '…}}, {{#unless …}} and {{> blocks}}; docs/operator/texts.md lists them.',
    )
  }
  const parse = (text: string): hbs.AST.Program => {
    try {
      return handlebars.parse(text)
    } catch (error) {
      throw new Refused(
        'bad-template',
        `${where}: can't be read as a template: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
  const placeholder = (node: hbs.AST.Node): string => {
    if (!isPath(node) || node.data || node.depth > 0 || !knownPlaceholders.has(node.original)) {
      return refuse(`{{${isPath(node) ? node.original : node.type}}} is no known placeholder`, node)
    }
    if ((channel === 'sms' || channel === 'email') && lettersOnly.has(node.original))
      return refuse(
        `{{${node.original}}} may be said in letters only: SMS and e-mail are neutral`,
        node,
      )
    return node.original
  }
  // Shared blocks are put in place here, so that all that follows sees one plain tree.
  const expand = (program: hbs.AST.Program, inside: string[]): hbs.AST.Program => {
    program.body = program.body.flatMap((node): Statement[] => {
      switch (node.type) {
        case 'ContentStatement':
          return [node]
        case 'CommentStatement':
          return []
        case 'MustacheStatement': {
          const mustache = node as hbs.AST.MustacheStatement
          if (!mustache.escaped || mustache.params.length > 0 || mustache.hash)
            return refuse('only a plain {{placeholder}} can be filled in', node)
          placeholder(mustache.path)
          return [node]
        }
        case 'BlockStatement': {
          const block = node as hbs.AST.BlockStatement
          const [asked] = block.params
          if (
            !['if', 'unless'].includes(block.path.original) ||
            block.params.length !== 1 ||
            !asked ||
            block.hash
          )
            return refuse(`{{#${block.path.original}}} is not allowed`, node)
          placeholder(asked)
          expand(block.program, inside)
          if (block.inverse) expand(block.inverse, inside)
          return [node]
        }
        case 'PartialStatement': {
          const partial = node as hbs.AST.PartialStatement
          const name = isPath(partial.name) ? partial.name.original : ''
          const text =
            partial.params.length > 0 || partial.hash || inside.includes(name)
              ? undefined
              : blocks(name)
          if (text === undefined) return refuse(`there is no shared block {{> ${name}}}`, node)
          return expand(parse(text), [...inside, name]).body
        }
        default:
          return refuse(`${node.type} is not allowed`, node)
      }
    })
    return program
  }
  const program = expand(parse(source), [])
  return {
    fill: (values) => filled(program, values),
    needs: (has) => needsOf(program, has),
  }
}

/**
 * Fills in a checked tree; plain text comes out, HTML is made and escaped in email-html.ts. Handlebars reads
 * and checks, filling is ours: its own looks each value up through guards against what the check has already
 * kept out, and that took a third of composing a letter.
 */
function filled(program: hbs.AST.Program | undefined, values: ReadonlyMap<string, string>): string {
  let text = ''
  for (const node of program?.body ?? []) {
    if (node.type === 'ContentStatement') text += (node as hbs.AST.ContentStatement).value
    else if (node.type === 'MustacheStatement') {
      const { original } = (node as hbs.AST.MustacheStatement).path as hbs.AST.PathExpression
      const value = values.get(original)
      if (value === undefined) throw new TypeError(`{{${original}}} has no value`)
      text += unstructured(value, text)
    } else {
      const block = node as hbs.AST.BlockStatement
      const there = Boolean(values.get((block.params[0] as hbs.AST.PathExpression).original))
      text += filled(
        (block.path.original === 'if') === there ? block.program : block.inverse,
        values,
      )
    }
  }
  return text
}

/** A value as text and no more (blocks.ts). @param before what stands before it */
const unstructured = (value: string, before: string): string => {
  const begins = (before === '' || before.endsWith('\n')) && /^[#[-]/.test(value) ? valueMark : ''
  return value.endsWith('\\') ? `${begins}${value}${valueMark}` : `${begins}${value}`
}

function needsOf(program: hbs.AST.Program | undefined, has: Ask): string[] {
  return (program?.body ?? []).flatMap((node): string[] => {
    if (node.type === 'MustacheStatement')
      return [((node as hbs.AST.MustacheStatement).path as hbs.AST.PathExpression).original]
    if (node.type !== 'BlockStatement') return []
    const block = node as hbs.AST.BlockStatement
    const there = has((block.params[0] as hbs.AST.PathExpression).original)
    return needsOf((block.path.original === 'if') === there ? block.program : block.inverse, has)
  })
}
