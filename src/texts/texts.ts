import type { z } from 'zod'
import { Refused } from '../errors.ts'
import { blocksAsText, readBlocks, valueMark, type Block } from './blocks.ts'
import { valuesOf, type Channel, type Form } from './context.ts'
import { emailBodies } from './email-html.ts'
import { factsSchema, sharedFactsSchema, type Facts, type SharedFacts } from './facts.ts'
import { withShortTranslation } from './short-translation.ts'
import { readTemplates, shortForm, shortTexts, templatesFolder, type Template } from './files.ts'
import { directionOf, fallbackLanguage } from './languages.ts'
import type {
  ShortTranslation,
  Rendered,
  RenderedPage,
  RenderedPlain,
  Warning,
} from './rendered.ts'
import { cachedPieces, sayPiece } from './piece-cache.ts'
import { plainForSms, smsLength } from './sms.ts'
import { warnings, withWarning } from './warning.ts'

export interface TextRequest {
  template: string
  channel: Channel
  language: string
  facts: Facts
  /** it is a time of heightened fraud: the warning goes with it (docs/operator/notices.md) */
  warning?: boolean
}

/** One text as it stands on disk now. */
export interface TextVersion {
  template: string
  language: string
  channel: Form
  version: string
  hash: string
  /** of the Swedish text: now, and as the translation says; undefined for the Swedish ones, and where it isn't said */
  source?: { now: string; said: string | undefined }
}

export interface Texts {
  /**
   * Fills a template. In a language that it doesn't exist in it is in Swedish, with `also` a short text in that
   * language if there is one: on the back of a letter, after an e-mail or SMS. `Rendered.language` says what it
   * became.
   * @throws Refused `unknown-template`; `bad-facts` when a fact has the wrong form; `missing-fact` when the
   *   template needs one that is not there
   */
  render(request: TextRequest): Rendered
  /**
   * What staff say or show, from the facts of the campaign; in Swedish when it lacks the language.
   * @throws Refused as render
   */
  plain(request: {
    template: string
    form: RenderedPlain['kind']
    language: string
    facts: z.input<typeof sharedFactsSchema>
    warning?: boolean
  }): RenderedPlain
  /** The warning of times of heightened fraud; in Swedish when it lacks the language. @throws Refused as render */
  warning(language: string, facts: z.input<typeof sharedFactsSchema>): Warning
  /** A notice as it stands on the region's pages; in Swedish when it lacks the language. @throws Refused as render */
  page(request: {
    template: string
    language: string
    facts: z.input<typeof sharedFactsSchema>
  }): RenderedPage
  /**
   * The short text that goes with a Swedish one on a channel, or undefined where there is none in the language.
   * @throws Refused as render
   */
  short(language: string, channel: Channel, facts: Facts): ShortTranslation | undefined
  /** The languages in which a template may be used on a channel; what `languageFor` chooses from. */
  languages(template: string, channel: Form): string[]
  /** The placeholders that a template needs whatever else is given, over all its languages and channels, sorted. */
  requiredFacts(template: string): string[]
  /** Every template in every language and channel, with its version. */
  all(): TextVersion[]
}

/**
 * Reads all templates once, and refuses the start of the program when one of them could fail later.
 * @param usable whether a translation may be used; one that may not is as if it were not there (may-leave.ts).
 *   Asked at each use
 */
export async function loadTexts(
  folder: string = templatesFolder,
  usable: (text: TextVersion) => boolean = () => true,
): Promise<Texts> {
  const templates = await readTemplates(folder)
  const byKey = new Map(
    templates.map((template) => [
      `${template.name}/${template.language}/${template.channel}`,
      template,
    ]),
  )
  const versions = new Map(
    templates.map((template) => [
      template,
      versionOf(template, byKey.get(`${template.name}/${fallbackLanguage}/${template.channel}`)),
    ]),
  )
  const inLanguage = (name: string, language: string, form: Form): Template | undefined => {
    const template = byKey.get(`${name}/${language}/${form}`)
    return template && (language === fallbackLanguage || usable(versions.get(template)!))
      ? template
      : undefined
  }
  const find = (name: string, language: string, form: Form): Template => {
    const template =
      inLanguage(name, language, form) ?? byKey.get(`${name}/${fallbackLanguage}/${form}`)
    if (!template)
      throw new Refused(
        'unknown-template',
        `There is no template ${name} for ${form}. There are: ` +
          `${[...new Set(templates.map((t) => `${t.name} (${t.channel})`))].join(', ')}.`,
      )
    return template
  }
  const short: Texts['short'] = (language, channel, facts) => {
    const template = inLanguage(shortTexts, language, shortForm[channel])
    return template && renderShort(template, facts)
  }
  const warningIn = (language: string, given: SharedFacts): Warning => {
    const template = find(warnings, language, 'warning')
    const { say, body } = filler(template, given)
    return {
      language: template.language,
      version: template.version,
      body: body(),
      sms: say('sms'),
      shortest: say('shortest'),
    }
  }
  return {
    render({ template: name, channel, language, facts: given, warning = false }) {
      const template = find(name, language, channel)
      const plain = renderTemplate(template, given)
      const rendered = warning
        ? withWarning(plain, warningIn(template.language, checked(sharedFactsSchema, given, name)))
        : plain
      if (template.language !== fallbackLanguage || language.startsWith(fallbackLanguage))
        return rendered
      const also = short(language, channel, given)
      return also ? withShortTranslation(rendered, also) : rendered
    },
    short,
    plain({ template: name, form, language, facts, warning = false }) {
      const template = find(name, language, form)
      const shared = checked(sharedFactsSchema, facts, name)
      const body = [
        ...(warning ? warningIn(template.language, shared).body : []),
        ...renderBlocks(template, shared),
      ]
      return {
        kind: form,
        language: template.language,
        version: template.version,
        direction: directionOf(template.language),
        body,
        text: blocksAsText(body),
      }
    },
    warning: (language, facts) => warningIn(language, checked(sharedFactsSchema, facts, warnings)),
    page({ template: name, language, facts }) {
      const template = find(name, language, 'page')
      const { say, body } = filler(template, checked(sharedFactsSchema, facts, name))
      return {
        language: template.language,
        version: template.version,
        direction: directionOf(template.language),
        title: say('title'),
        body: body(),
      }
    },
    languages: (name, form) =>
      templates
        .filter((t) => t.name === name && t.channel === form && inLanguage(name, t.language, form))
        .map((t) => t.language),
    requiredFacts: (name) => {
      const needs = templates
        .filter((t) => t.name === name)
        .flatMap((t) => [...t.pieces.values()].flatMap((piece) => piece.needs(() => false)))
      return [...new Set(needs)].sort()
    },
    all: () => [...versions.values()],
  }
}

const versionOf = (
  { name, language, channel, version, hash, source: said }: Template,
  swedish: Template | undefined,
): TextVersion => ({
  template: name,
  language,
  channel,
  version,
  hash,
  ...(swedish && language !== fallbackLanguage ? { source: { now: swedish.hash, said } } : {}),
})

function checked<T>(schema: z.ZodType<T>, given: unknown, name: string): T {
  const result = schema.safeParse(given)
  // Only the path and the rule are told: the value may be personal.
  if (!result.success)
    throw new Refused(
      'bad-facts',
      `The facts for ${name} are not usable: ` +
        `${result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
    )
  return result.data
}

function renderShort(template: Template, given: Facts): ShortTranslation {
  const body = renderBlocks(template, checked(factsSchema, given, template.name))
  return {
    language: template.language,
    version: template.version,
    direction: directionOf(template.language),
    body,
  }
}

/** @throws Refused `missing-fact` */
function filler(
  template: Template,
  facts: SharedFacts,
): { say: (key: string) => string; body: () => Block[]; values: Map<string, string> } {
  const { language, channel } = template
  const values = valuesOf(facts, language, channel)
  const said = cachedPieces(template, values)
  if (said.missing) {
    throw new Refused(
      'missing-fact',
      `${template.name} (${language}, ${channel}) needs {{${said.missing}}}, and it is not among the facts. ` +
        'Nothing was sent.',
      { template: template.name, language, channel, placeholder: said.missing },
    )
  }
  const filled = (key: string) => sayPiece(template.pieces.get(key), said.pieces.get(key), values)
  return {
    say: (key) => filled(key).replaceAll(valueMark, ''),
    body: () => readBlocks(filled('body')),
    values,
  }
}

const renderBlocks = (template: Template, facts: SharedFacts): Block[] =>
  filler(template, facts).body()

function renderTemplate(template: Template, given: Facts): Rendered {
  const { language, channel, version } = template
  const facts = checked(factsSchema, given, template.name)
  const { say, body, values } = filler(template, facts)

  if (channel === 'sms') {
    // A phone takes the direction of the whole from the first strong sign, which is often a Latin name.
    const mark = directionOf(language) === 'rtl' ? '\u200f' : ''
    const text = mark + plainForSms(say('body').replace(/\s*\n\s*/g, ' '))
    const { encoding, units, segments } = smsLength(text)
    return { kind: 'sms', language, version, text, encoding, units, segments }
  }
  const blocks = body()
  if (channel === 'email') {
    const subject = say('subject')
    return {
      kind: 'email',
      language,
      version,
      subject,
      blocks,
      ...emailBodies({ subject, language, blocks }),
    }
  }
  return {
    kind: 'letter',
    language,
    version,
    direction: directionOf(language),
    ...(template.lineLength ? { lineLength: template.lineLength } : {}),
    title: say('title'),
    body: blocks,
    panel: template.panel.map(({ more, big }, i) => ({
      label: say(`panel.${i}.label`),
      value: say(`panel.${i}.value`),
      ...(more ? { more: say(`panel.${i}.more`) } : {}),
      big,
    })),
    sender: {
      name: facts.region.name,
      lines: Array.from({ length: template.senderLines }, (_, i) => say(`sender.${i}`)),
    },
    date: values.get('date') ?? '',
    labels: {
      reference: say('reference'),
      page: say('page'),
      checkTitle: say('checkTitle'),
      checkText: say('checkText'),
    },
  }
}
