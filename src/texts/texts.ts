import { Refused } from '../errors.ts'
import { blocksAsText, readBlocks } from './blocks.ts'
import { contextOf, valuesOf, type Channel } from './context.ts'
import { emailHtml } from './email-html.ts'
import { factsSchema, type Facts } from './facts.ts'
import { readTemplates, templatesFolder, type Template } from './files.ts'
import { directionOf, fallbackLanguage } from './languages.ts'
import type { Rendered } from './rendered.ts'
import { plainForSms, smsLength } from './sms.ts'

export interface TextRequest {
  template: string
  channel: Channel
  language: string
  facts: Facts
}

export interface Texts {
  /**
   * Fills a template.
   * @throws Refused `unknown-template`; `bad-facts` when a fact has the wrong form; `missing-fact` when the template needs one that is not there
   */
  render(request: TextRequest): Rendered
  /** The languages a template exists in on a channel; what `languageFor` chooses from. */
  languages(template: string, channel: Channel): string[]
  /** The placeholders that a template needs whatever else is given, over all its languages and channels, sorted. */
  requiredFacts(template: string): string[]
  /** Every template in every language and channel, with its version. */
  all(): { template: string; language: string; channel: Channel; version: string }[]
}

/** Reads all templates once, and refuses the start of the program when one of them could fail later. */
export async function loadTexts(folder: string = templatesFolder): Promise<Texts> {
  const templates = await readTemplates(folder)
  const byKey = new Map(templates.map((template) => [`${template.name}/${template.language}/${template.channel}`, template]))
  return {
    render({ template: name, channel, language, facts: given }) {
      const template = byKey.get(`${name}/${language}/${channel}`) ?? byKey.get(`${name}/${fallbackLanguage}/${channel}`)
      if (!template) throw new Refused('unknown-template', `There is no template ${name} for ${channel}. There are: ${[...new Set(templates.map((t) => `${t.name} (${t.channel})`))].join(', ')}.`)
      return renderTemplate(template, given)
    },
    languages: (name, channel) => templates.filter((t) => t.name === name && t.channel === channel).map((t) => t.language),
    requiredFacts: (name) => {
      const needs = templates.filter((t) => t.name === name).flatMap((t) => [...t.pieces.values()].flatMap((piece) => piece.needs(() => false)))
      return [...new Set(needs)].sort()
    },
    all: () => templates.map(({ name, language, channel, version }) => ({ template: name, language, channel, version })),
  }
}

function renderTemplate(template: Template, given: Facts): Rendered {
  const { language, channel, version } = template
  const checked = factsSchema.safeParse(given)
  // Only the path and the rule are told: the value may be personal.
  if (!checked.success) throw new Refused('bad-facts', `The facts for ${template.name} are not usable: ${checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`)
  const facts = checked.data
  const values = valuesOf(facts, language, channel)
  const has = (placeholder: string) => values.has(placeholder)
  for (const piece of template.pieces.values()) {
    const missing = piece.needs(has).find((placeholder) => !has(placeholder))
    if (missing) {
      throw new Refused('missing-fact', `${template.name} (${language}, ${channel}) needs {{${missing}}}, and it is not among the facts. Nothing was sent.`, { template: template.name, language, channel, placeholder: missing })
    }
  }
  const context = contextOf(values)
  const say = (key: string) => (template.pieces.get(key)?.fill(context) ?? '').replace(/ +/g, ' ').trim()

  if (channel === 'sms') {
    // A phone takes the direction of the whole from the first strong sign, which is often a Latin name.
    const mark = directionOf(language) === 'rtl' ? '\u200f' : ''
    const text = mark + plainForSms(say('body').replace(/\s*\n\s*/g, ' '))
    const { encoding, units, segments } = smsLength(text)
    return { kind: 'sms', language, version, text, encoding, units, segments }
  }
  const blocks = readBlocks(say('body'))
  if (channel === 'email') {
    const subject = say('subject')
    return { kind: 'email', language, version, subject, text: `${blocksAsText(blocks)}\n`, html: emailHtml({ subject, language, blocks }) }
  }
  return {
    kind: 'letter',
    language,
    version,
    direction: directionOf(language),
    ...(template.lineLength ? { lineLength: template.lineLength } : {}),
    title: say('title'),
    body: blocks,
    panel: template.panel.map(({ more, big }, i) => ({ label: say(`panel.${i}.label`), value: say(`panel.${i}.value`), ...(more ? { more: say(`panel.${i}.more`) } : {}), big })),
    sender: { name: facts.region.name, lines: Array.from({ length: template.senderLines }, (_, i) => say(`sender.${i}`)) },
    date: values.get('date') ?? '',
    labels: { reference: say('reference'), page: say('page'), checkTitle: say('checkTitle'), checkText: say('checkText') },
  }
}
