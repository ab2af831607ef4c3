import { join } from 'node:path'
import type { TextGate } from '../campaigns/actions.ts'
import type { CampaignSpec } from '../campaigns/spec.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { stateOf, textApprovals } from './approvals.ts'
import { campaignFacts } from './campaign-facts.ts'
import { noticeFacts } from './facts.ts'
import { shortTexts, templatesFolder } from './files.ts'
import { inventedFacts } from './invented.ts'
import { lintFile, lintText } from './lint/lint.ts'
import { loadTexts, type Texts, type TextVersion } from './texts.ts'
import { formsOf, textName, textsOf, textVersions } from './campaign-texts.ts'

/**
 * The domains a text may name when nothing else is said: the region's own, and 1177.se, where the regions meet
 * their residents.
 */
export const domainsOf = (config: Config): string[] => [
  ...[config.REGION_WEBSITE, config.PUBLIC_URL].map((url) => new URL(url).hostname),
  '1177.se',
]

/**
 * What a campaign may be approved, started and resumed with (promise 7): texts that exist, without errors of
 * the check, whose placeholders its own wordings fill in each language, and whose translations a person has
 * approved as they are now. Swedish itself is what the campaign's two approvers approve. ALLOW_DRAFT_TEXTS lets
 * drafts and stale translations through, and nothing else.
 */
export const textGate =
  (config: Config, folder: string = templatesFolder): TextGate =>
  async (db, spec) => {
    const texts = await loadTexts(folder)
    const faults = await textFaults(db, spec, config, texts, folder)
    if (faults.length === 0) return textVersions(texts, spec)
    throw new Refused(
      'texts-not-ready',
      `${spec.name} can't be approved, started or resumed as its texts are:\n  ` +
        `${faults.join('\n  ')}\nCorrect them, or have somebody who reads the language approve them: texts ` +
        'approve TEMPLATE LANGUAGE CHANNEL --by NAME',
      { faults },
    )
  }

async function textFaults(
  db: Db,
  spec: CampaignSpec,
  config: Config,
  texts: Texts,
  folder: string,
): Promise<string[]> {
  const approvals = await textApprovals(db)
  const missing = formsOf(spec).filter(
    ({ template, channel }) => texts.languages(template, channel).length === 0,
  )
  const faults = [
    ...new Set(
      missing.map(({ template, channel }) => `${template} ${channel}: there is no such template`),
    ),
  ]
  faults.push(...wordFaults(spec, domainsOf(config)))
  for (const text of textsOf(texts, spec)) {
    const name = textName(text)
    const { state } = stateOf(text, approvals)
    if (!config.ALLOW_DRAFT_TEXTS && state === 'draft')
      faults.push(`${name}: a draft that nobody has approved`)
    if (!config.ALLOW_DRAFT_TEXTS && state === 'stale')
      faults.push(`${name}: stale, the Swedish text has changed since`)
    const file = join(folder, text.template, text.language, `${text.channel}.hbs`)
    const { findings } = await lintFile(file, {
      language: text.language,
      channel: text.channel,
      domains: domainsOf(config),
    })
    for (const { rule, severity, line, message } of findings)
      if (severity === 'error') faults.push(`${name}, line ${line}: ${rule}: ${message}`)
    faults.push(...missingWords(texts, text, spec, config))
  }
  return faults
}

/**
 * The campaign's own words are in its texts, so the same is asked of them: no request, link or haste, and
 * nothing of the purpose in an e-mail.
 */
function wordFaults(spec: CampaignSpec, domains: string[]): string[] {
  const visit = Object.entries(spec.visit ?? {}).map(([about, words]) => ({
    about: `visit.${about}`,
    words,
    channel: spec.channels.some((route) => route.steps.some((step) => step.channel === 'email'))
      ? ('email' as const)
      : ('page' as const),
  }))
  const { correction, information } = spec.notice ?? {}
  const others = Object.entries({
    what: spec.what,
    phoneHours: spec.phoneHours,
    'correction.wrong': correction?.wrong,
    'correction.right': correction?.right,
    'correction.todo': correction?.todo,
    'correction.times': correction?.times,
    'information.news': information?.news,
    'information.others': information?.others,
    'information.todo': information?.todo,
  }).map(([about, words]) => ({ about, words, channel: 'page' as const }))
  return [...visit, ...others].flatMap(({ about, words, channel }) =>
    Object.entries(words ?? {}).flatMap(([language, text]) =>
      lintText(text, { language, channel, domains })
        .findings.filter(({ rule, severity }) => severity === 'error' || rule === 'not-neutral')
        .map(
          ({ rule, message }) => `the campaign file, ${about} in ${language}: ${rule}: ${message}`,
        ),
    ),
  )
}

/**
 * Whether the campaign's own wordings are there in the text's language. All other facts are the person's, and
 * asked for when it is composed.
 */
function missingWords(
  texts: Texts,
  { template, language, channel }: TextVersion,
  spec: CampaignSpec,
  config: Config,
): string[] {
  if (template === shortTexts) return [] // they say nothing that a campaign words
  if (
    channel !== 'letter' &&
    channel !== 'sms' &&
    channel !== 'email' &&
    channel !== 'page' &&
    channel !== 'phone-script'
  )
    return []
  const invented = inventedFacts(language)
  const own = campaignFacts(spec, config)
  const facts = {
    ...invented,
    ...own,
    ...(invented.booking
      ? { booking: { ...invented.booking, phoneHours: own.region.phoneHours } }
      : {}),
    ...(spec.notice ? noticeFacts(spec.notice, null, config.PUBLIC_URL) : {}),
  }
  const unsaid = Object.entries(spec.visit ?? {})
    .filter(([, words]) => !(language in words || language.split('-')[0]! in words))
    .map(
      ([about]) =>
        `${template} ${language} ${channel}: the campaign file says no visit.${about} in ${language}`,
    )
  if (unsaid.length > 0) return unsaid
  try {
    if (channel === 'page') texts.page({ template, language, facts })
    else if (channel === 'phone-script') texts.plain({ template, form: channel, language, facts })
    else texts.render({ template, language, channel, facts })
    return []
  } catch (error) {
    if (
      error instanceof Refused &&
      [
        'what',
        'region.phoneHours',
        'booking.phoneHours',
        'correction.wrong',
        'correction.right',
        'information.news',
      ].includes(String(error.details['placeholder']))
    ) {
      return [
        `${template} ${language} ${channel}: the campaign file says no ` +
          `${String(error.details['placeholder']).replace(/^.*\./, '')} in ${language}`,
      ]
    }
    if (error instanceof Refused && error.code !== 'missing-fact')
      return [`${template} ${language} ${channel}: ${error.message}`]
    return []
  }
}
