import { join } from 'node:path'
import type { TextGate } from '../campaigns/actions.ts'
import type { CampaignSpec } from '../campaigns/spec.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import type { Form } from './context.ts'
import { stateOf, textApprovals } from './approvals.ts'
import { campaignFacts } from './campaign-facts.ts'
import { correctionFacts } from './facts.ts'
import { shortForm, shortTexts, templatesFolder } from './files.ts'
import { inventedFacts } from './invented.ts'
import { fallbackLanguage } from './languages.ts'
import { lintFile, lintText } from './lint/lint.ts'
import { loadTexts, type Texts, type TextVersion } from './texts.ts'

/** The domains a text may name when nothing else is said: the region's own, and 1177.se, where the regions meet their residents. */
export const domainsOf = (config: Config): string[] => [...[config.REGION_WEBSITE, config.PUBLIC_URL].map((url) => new URL(url).hostname), '1177.se']

/**
 * What a campaign may be approved and started with (promise 7): texts that exist, without errors of the check, whose placeholders its own
 * wordings fill in each language, and whose translations a person has approved as they are now. Swedish itself is what the campaign's two
 * approvers approve. ALLOW_DRAFT_TEXTS lets drafts and stale translations through, and nothing else.
 */
export const textGate = (config: Config): TextGate => async (db, spec) => {
  const faults = await textFaults(db, spec, config)
  if (faults.length === 0) return
  throw new Refused('texts-not-ready', `${spec.name} can't be approved or started as its texts are:\n  ${faults.join('\n  ')}\nCorrect them, or have somebody who reads the language approve them: texts approve TEMPLATE LANGUAGE CHANNEL --by NAME`, { faults })
}

async function textFaults(db: Db, spec: CampaignSpec, config: Config): Promise<string[]> {
  const texts = await loadTexts()
  const approvals = await textApprovals(db)
  const { used, faults } = textsOf(texts, spec)
  faults.push(...wordFaults(spec, domainsOf(config)))
  for (const text of used) {
    const name = `${text.template} ${text.language} ${text.channel}`
    const { state } = stateOf(text, approvals)
    if (!config.ALLOW_DRAFT_TEXTS && state === 'draft') faults.push(`${name}: a draft that nobody has approved`)
    if (!config.ALLOW_DRAFT_TEXTS && state === 'stale') faults.push(`${name}: stale, the Swedish text has changed since`)
    const folder = join(templatesFolder, text.template, text.language)
    const { findings } = await lintFile(join(folder, `${text.channel}.hbs`), { language: text.language, channel: text.channel, domains: domainsOf(config) })
    for (const { rule, severity, line, message } of findings) if (severity === 'error') faults.push(`${name}, line ${line}: ${rule}: ${message}`)
    faults.push(...missingWords(texts, text, spec, config))
  }
  return faults
}

/** Every text that a person in one of the campaign's languages can get. */
function textsOf(texts: Texts, spec: CampaignSpec): { used: Set<TextVersion>; faults: string[] } {
  const all = texts.all()
  const find = (template: string, language: string, channel: string) => all.find((t) => t.template === template && t.language === language && t.channel === channel)
  const used = new Set<TextVersion>()
  const faults = new Set<string>()
  const steps: { template: string; channel: Form }[] = [...spec.channels.flatMap((route) => route.steps), ...spec.reminders]
  const publicForms = spec.notice ? (['page', 'phone-script'] as const).map((channel) => ({ template: spec.notice!.template, channel })) : []
  for (const { template, channel } of [...steps, ...publicForms]) {
    const swedish = find(template, fallbackLanguage, channel)
    if (swedish) used.add(swedish) // who speaks another language than the campaign's gets it
    else faults.add(`${template} ${channel}: there is no such template`)
    for (const language of spec.languages) {
      const text = find(template, language, channel) ?? (channel === 'letter' || channel === 'sms' || channel === 'email' ? find(shortTexts, language, shortForm[channel]) : undefined)
      if (text) used.add(text)
    }
  }
  return { used, faults: [...faults] }
}

/** The campaign's own words stand in its texts, so the same is asked of them: no request, link or haste, and nothing of the purpose in an e-mail. */
function wordFaults(spec: CampaignSpec, domains: string[]): string[] {
  const visit = Object.entries(spec.visit ?? {}).map(([about, words]) => ({ about: `visit.${about}`, words, channel: spec.channels.some((route) => route.steps.some((step) => step.channel === 'email')) ? ('email' as const) : ('page' as const) }))
  const correction = spec.notice?.correction
  const others = Object.entries({ what: spec.what, phoneHours: spec.phoneHours, 'correction.wrong': correction?.wrong, 'correction.right': correction?.right, 'correction.todo': correction?.todo }).map(([about, words]) => ({ about, words, channel: 'page' as const }))
  return [...visit, ...others].flatMap(({ about, words, channel }) =>
    Object.entries(words ?? {}).flatMap(([language, text]) =>
      lintText(text, { language, channel, domains })
        .findings.filter(({ rule, severity }) => severity === 'error' || rule === 'not-neutral')
        .map(({ rule, message }) => `the campaign file, ${about} in ${language}: ${rule}: ${message}`),
    ),
  )
}

/** Whether the campaign's own wordings are there in the text's language. All other facts are the person's, and asked for when it is composed. */
function missingWords(texts: Texts, { template, language, channel }: TextVersion, spec: CampaignSpec, config: Config): string[] {
  if (template === shortTexts) return [] // they say nothing that a campaign words
  if (channel !== 'letter' && channel !== 'sms' && channel !== 'email' && channel !== 'page' && channel !== 'phone-script') return []
  const invented = inventedFacts(language)
  const own = campaignFacts(spec, config)
  const facts = { ...invented, ...own, ...(invented.booking ? { booking: { ...invented.booking, phoneHours: own.region.phoneHours } } : {}), ...(spec.notice?.correction ? { correction: correctionFacts(spec.notice.correction, null) } : {}) }
  const unsaid = Object.entries(spec.visit ?? {}).filter(([, words]) => !(language in words || language.split('-')[0]! in words)).map(([about]) => `${template} ${language} ${channel}: the campaign file says no visit.${about} in ${language}`)
  if (unsaid.length > 0) return unsaid
  try {
    if (channel === 'page') texts.page({ template, language, facts })
    else if (channel === 'phone-script') texts.plain({ template, form: channel, language, facts })
    else texts.render({ template, language, channel, facts })
    return []
  } catch (error) {
    if (error instanceof Refused && ['what', 'region.phoneHours', 'booking.phoneHours', 'correction.wrong', 'correction.right'].includes(String(error.details['placeholder']))) {
      return [`${template} ${language} ${channel}: the campaign file says no ${String(error.details['placeholder']).replace(/^.*\./, '')} in ${language}`]
    }
    if (error instanceof Refused && error.code !== 'missing-fact') return [`${template} ${language} ${channel}: ${error.message}`]
    return []
  }
}
