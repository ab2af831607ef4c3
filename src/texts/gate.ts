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
import { languageWord } from './language-word.ts'
import { lintFile, lintText } from './lint/lint.ts'
import { ruleWord } from './lint/rule-words.ts'
import { loadTexts, type Texts, type TextVersion } from './texts.ts'
import { formsOf, textName, textNameInSwedish, textsOf, textVersions } from './campaign-texts.ts'

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
    const found = await textFaults(db, spec, config, texts, folder)
    if (found.length === 0) return textVersions(texts, spec)
    const faults = found.map(({ text }) => text)
    throw new Refused(
      'texts-not-ready',
      `${spec.name} can't be approved, started or resumed as its texts are:\n  ` +
        `${faults.join('\n  ')}\nCorrect them, or have somebody who reads the language approve them: texts ` +
        'approve TEMPLATE LANGUAGE CHANNEL --by NAME',
      { faults, faultsInSwedish: found.map(({ swedish }) => swedish) },
    )
  }

/** Why a campaign's texts may not be sent, for the command line and for a staff page. */
interface Fault {
  text: string
  swedish: string
}

async function textFaults(
  db: Db,
  spec: CampaignSpec,
  config: Config,
  texts: Texts,
  folder: string,
): Promise<Fault[]> {
  const approvals = await textApprovals(db)
  const missing = formsOf(spec).filter(
    ({ template, channel }) => texts.languages(template, channel).length === 0,
  )
  const faults: Fault[] = [
    ...new Map(missing.map((form) => [`${form.template} ${form.channel}`, form])).entries(),
  ].map(([name, { template }]) => ({
    text: `${name}: there is no such template`,
    swedish: `${name}: mallen ${template} finns inte på den kanalen.`,
  }))
  faults.push(...wordFaults(spec, domainsOf(config)))
  for (const text of textsOf(texts, spec)) {
    const name = textName(text)
    const swedish = textNameInSwedish(text)
    const { state } = stateOf(text, approvals)
    if (!config.ALLOW_DRAFT_TEXTS && state === 'draft')
      faults.push({
        text: `${name}: a draft that nobody has approved`,
        swedish: `${swedish}: ett utkast som ingen har godkänt.`,
      })
    if (!config.ALLOW_DRAFT_TEXTS && state === 'stale')
      faults.push({
        text: `${name}: stale, the Swedish text has changed since`,
        swedish: `${swedish}: den svenska texten har ändrats sedan översättningen godkändes.`,
      })
    const file = join(folder, text.template, text.language, `${text.channel}.hbs`)
    const { findings } = await lintFile(file, {
      language: text.language,
      channel: text.channel,
      domains: domainsOf(config),
    })
    for (const { rule, severity, line, message } of findings)
      if (severity === 'error')
        faults.push({
          text: `${name}, line ${line}: ${rule}: ${message}`,
          swedish: `${swedish}, rad ${line}: texten ${ruleWord(rule)}.`,
        })
    faults.push(...missingWords(texts, text, spec, config))
  }
  return faults
}

/**
 * The campaign's own words are in its texts, so the same is asked of them: no request, link or haste, and
 * nothing of the purpose in an e-mail.
 */
function wordFaults(spec: CampaignSpec, domains: string[]): Fault[] {
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
        .map(({ rule, message }) => ({
          text: `the campaign file, ${about} in ${language}: ${rule}: ${message}`,
          swedish: `Utskickets fil, ${about} på ${languageWord(language)}: texten ${ruleWord(rule)}.`,
        })),
    ),
  )
}

/**
 * Whether the campaign's own wordings are there in the text's language. All other facts are the person's, and
 * asked for when it is composed.
 */
function missingWords(
  texts: Texts,
  text: TextVersion,
  spec: CampaignSpec,
  config: Config,
): Fault[] {
  const { template, language, channel } = text
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
    .map(([about]) => unsaidIn(text, `visit.${about}`))
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
      return [unsaidIn(text, String(error.details['placeholder']).replace(/^.*\./, ''))]
    }
    if (error instanceof Refused && error.code !== 'missing-fact')
      return [
        {
          text: `${textName(text)}: ${error.message}`,
          swedish: `${textNameInSwedish(text)}: ${error.swedish}`,
        },
      ]
    return []
  }
}

const unsaidIn = (text: TextVersion, about: string): Fault => ({
  text: `${textName(text)}: the campaign file says no ${about} in ${text.language}`,
  swedish: `${textNameInSwedish(text)}: utskickets fil säger inte ${about} på ${languageWord(text.language)}.`,
})
