import { Presets, SingleBar } from 'cli-progress'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../clock.ts'
import { readConfig } from '../config.ts'
import { Refused } from '../errors.ts'
import { pagesAsPng } from '../letters/page-pictures.ts'
import { renderPreview } from '../letters/preview.ts'
import type { SampleMessage } from '../messages/sample-message.ts'
import { textApprovals, type Approval } from '../texts/approvals.ts'
import { catalogue, letterState, type CatalogueEntry } from '../texts/catalogue.ts'
import { loadTexts, type Texts } from '../texts/texts.ts'
import {
  campaignLanguages,
  proofForPerson,
  proofInLanguage,
  proofOfTemplate,
  templateLanguages,
  type Proof,
} from '../evidence/proof.ts'
import type { Cli, Register } from './command.ts'

interface PreviewOptions {
  person?: string
  by?: string
  unit?: string
  language?: string
  template?: string
  format?: 'pdf' | 'png'
  guides: boolean
  largePrint: boolean
  dpi: number
  out?: string
}

const dots = (value: string): number => {
  const n = Number(value)
  if (!Number.isInteger(n) || n < 36 || n > 600)
    throw new InvalidArgumentError('Give dots an inch from 36 to 600.')
  return n
}

export const register: Register = (command, cli) => {
  command
    .argument('[campaign]')
    .option(
      '--person <number>',
      'identity number of somebody in the register; the codes are invented. Needs --by and --unit',
    )
    .option('--by <name>', 'with --person: who looks: noted in the access log')
    .option('--unit <unit>', 'with --person: from which unit: noted in the access log')
    .addOption(
      new Option(
        '--language <language>',
        'somebody invented who reads it: sv, sv-simple, en, ar …; all: every language, and a contact sheet of them',
      ).conflicts('person'),
    )
    .option(
      '--template <template>',
      "this text on all its channels instead of the campaign's own; without a campaign the " +
        'facts are invented and no database is needed',
    )
    .addOption(
      new Option('--format <format>', 'only this (both when not said)').choices(['pdf', 'png']),
    )
    .option(
      '--guides',
      "draw the envelope's window, the margins, the supplier's barcode and the folds over the pages",
      false,
    )
    .option('--large-print', 'for people who asked for large print', false)
    .addOption(
      new Option('--dpi <dots>', 'of the pictures, dots an inch').argParser(dots).default(150),
    )
    .option('--out <folder>', 'where the files go (preview/ in KALLELSE_OUT when not said)')
    .addHelpText(
      'after',
      `
Examples:
  kallelse preview covid-19-dose-1 --language ar --guides
  kallelse preview covid-19-dose-1 --language all --out out/proofs      # with contact-sheet.html
  kallelse preview covid-19-dose-1 --person 19440229-9806 --by karin --unit Kommunikation
  kallelse preview --template invitation-timed --language sv-simple     # no campaign, no database`,
    )
    .action(async (campaign: string | undefined, options: PreviewOptions, command: Command) => {
      const texts = await loadTexts()
      if (campaign === undefined) {
        const { template, language } = options
        if (template === undefined)
          throw new Refused(
            'nothing-to-preview',
            'Give a campaign, or a text: preview --template invitation-timed --language sv',
          )
        if (options.person !== undefined)
          throw new Refused(
            'no-campaign',
            'A person gets something from a campaign. Give its name: preview CAMPAIGN --person NUMBER',
          )
        const wanted = language === 'all' ? templateLanguages(texts, template) : [language ?? 'sv']
        return show({ cli, command, options, texts, approvals: [] }, '', wanted, (one) =>
          Promise.resolve(
            proofOfTemplate({ texts, config: readConfig() }, template, one, options.largePrint),
          ),
        )
      }
      await cli.withApp(async (app) => {
        const showing = { cli, command, options, texts, approvals: await textApprovals(app.pool) }
        const { person, by = '', unit = '' } = options
        if (person !== undefined)
          return show(showing, `${campaign}-person`, [null], () =>
            proofForPerson({ ...app, texts }, campaign, person, { by, unit }, options),
          )
        const wanted =
          options.language === 'all'
            ? await campaignLanguages(app.pool, campaign)
            : [options.language ?? 'sv']
        await show(showing, campaign, wanted, (language) =>
          proofInLanguage({ ...app, texts }, campaign, language, options),
        )
      })
    })
}

interface Showing {
  cli: Cli
  command: Command
  options: PreviewOptions
  texts: Texts
  approvals: Approval[]
}

/**
 * Makes the previews one after the other, writes their files and answers.
 * @param name what the files' names begin with: nothing about a person
 */
async function show<L extends string | null>(
  showing: Showing,
  name: string,
  languages: L[],
  make: (language: L) => Promise<Proof>,
): Promise<void> {
  const { cli, command, options } = showing
  const folder = options.out ?? join(readConfig().KALLELSE_OUT, 'preview')
  await mkdir(folder, { recursive: true })
  const bar = new SingleBar(
    {
      format: 'Languages  {bar} {value} of {total}',
      stream: process.stderr,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  )
  if (languages.length > 1 && process.stderr.isTTY) bar.start(languages.length, 0)
  const made: (Proof & { files: string[][] })[] = []
  const entries: CatalogueEntry[] = []
  try {
    for (const language of languages) {
      if (cli.stop.aborted) throw new Refused('stopped', 'Stopped before all languages were drawn.')
      const preview = await make(language)
      const drawn = await Promise.all(
        preview.messages.map((message) =>
          draw(
            showing,
            join(folder, [name, message.template, preview.language].filter(Boolean).join('-')),
            message,
          ),
        ),
      )
      made.push({ ...preview, files: drawn.map(({ files }) => files) })
      if (languages.length > 1)
        entries.push(
          entryOf(
            showing,
            preview,
            drawn.map(({ small }) => small),
          ),
        )
      bar.increment()
    }
  } finally {
    bar.stop()
  }
  const sheet =
    entries.length > 0 ? join(folder, `${name || options.template}-contact-sheet.html`) : null
  if (sheet)
    await writeFile(
      sheet,
      catalogue(
        `${name || options.template}: all languages`,
        'Previews: the person, the time and the codes are invented.',
        entries,
      ),
    )
  cli.answer(
    command,
    [...made.map(asText), ...(sheet ? [`All languages beside each other: ${sheet}`] : [])].join(
      '\n\n',
    ),
    { campaign: made[0]?.campaign ?? null, sheet, previews: made.map(asJson) },
  )
}

/** Writes a letter's files, which only their owner can read: they may hold somebody's address. */
async function draw(
  { options, cli }: Showing,
  path: string,
  { letter }: SampleMessage,
): Promise<{ files: string[]; small: Buffer[] }> {
  if (!letter) return { files: [], small: [] }
  const pdf = await renderPreview(letter, systemClock.now(), { guides: options.guides })
  const files: [string, Buffer][] = options.format === 'png' ? [] : [[`${path}.pdf`, pdf]]
  if (options.format !== 'pdf')
    files.push(
      ...(await pagesAsPng(pdf, options.dpi)).map((png, i): [string, Buffer] => [
        `${path}-${i + 1}.png`,
        png,
      ]),
    )
  for (const [file, bytes] of files) await writeFile(file, bytes, { mode: 0o600 })
  return {
    files: files.map(([file]) => file),
    small: options.language === 'all' && !cli.stop.aborted ? await pagesAsPng(pdf, 80) : [],
  }
}

/** What an SMS or e-mail says. */
const saidBy = ({ rendered }: SampleMessage): string =>
  rendered.kind === 'sms'
    ? rendered.text
    : rendered.kind === 'email'
      ? `${rendered.subject}\n\n${rendered.text.trim()}`
      : ''

const heading = ({ step, channel, template, after }: SampleMessage) =>
  `${channel}: ${template}${step === 'template' ? '' : `, ${step}`}${after ? ` after ${after} days` : ''}`

function entryOf(
  { texts, approvals }: Showing,
  { language, messages }: Proof,
  small: Buffer[][],
): CatalogueEntry {
  const letter = messages.find((message) => message.letter)
  return {
    language,
    became: letter?.rendered.language ?? null,
    state:
      letter?.rendered.kind === 'letter'
        ? letterState(letter.rendered, letter.template, texts.all(), approvals)
        : null,
    pages: messages.flatMap((message, i) =>
      (small[i] ?? []).map((png, page) => ({
        caption: `${message.template}, page ${page + 1}`,
        png,
      })),
    ),
    messages: messages
      .filter((message) => !message.letter)
      .map((message) => ({
        heading: heading(message),
        language: message.rendered.language,
        text: saidBy(message),
      })),
  }
}

function asText({
  campaign,
  language,
  route,
  invented,
  messages,
  files,
}: Proof & { files: string[][] }): string {
  const about =
    `${campaign ?? 'Invented facts'}, ${language}${route ? `, by the route ${route}` : ''}. ` +
    `Invented: ${invented.join(', ')}.`
  return [
    about,
    ...messages.map((message, i) => {
      const { language: became, version } = message.rendered
      const out = files[i] ?? []
      const shown = out.length
        ? out.map((file) => `  ${file}`).join('\n')
        : saidBy(message).replace(/^/gm, '  ')
      return `${heading(message)}, in ${became}, version ${version}\n${shown}`
    }),
  ].join('\n')
}

const asJson = ({ language, route, invented, messages, files }: Proof & { files: string[][] }) => ({
  language,
  route,
  invented,
  messages: messages.map((message, i) => ({
    step: message.step,
    channel: message.channel,
    template: message.template,
    after: message.after,
    language: message.rendered.language,
    version: message.rendered.version,
    text: message.letter ? null : saidBy(message),
    files: files[i] ?? [],
  })),
})
