import { Option, type Command } from 'commander'
import {
  approveCampaign,
  cancelCampaign,
  pauseCampaign,
  resumeCampaign,
  startCampaign,
} from '../campaigns/actions.ts'
import type { App } from '../app.ts'
import { Refused } from '../errors.ts'
import { campaignStatus, type CampaignStatus } from '../reports/status.ts'
import { shownPhone } from '../texts/format.ts'
import { textsThatMayLeave } from '../texts/may-leave.ts'
import { heightenedNow } from '../notices/heightened.ts'
import { createNotice, liftNotice } from '../notices/notice.ts'
import { noticePage, noticeScript, pageText, readingAddress } from '../notices/page.ts'
import { noticeAudience, type NoticeAudience } from '../notices/audience.ts'
import { noticeNamed, notices, type Notice } from '../notices/store.ts'
import { approvedText } from './campaign.ts'
import type { Cli, Register } from './command.ts'
import { readYaml, yamlOf } from './read-yaml.ts'
import { imprintOf, writePaper } from './paper.ts'
import { addHeightened } from './notice-heightened.ts'

const help = `
Example:
  kallelse notice create bluffsamtal --audience 65+ --channels sms,letter \
--signer "Karin Exempel, säkerhetschef" --by anna
  kallelse notice preview bluffsamtal
  kallelse notice approve bluffsamtal --by anna
  kallelse notice approve bluffsamtal --by bertil
  kallelse notice send bluffsamtal --by anna
  kallelse notice text bluffsamtal --lang sv        # for 1177.se; --script: what staff say on the phone

  kallelse notice create tur-och-ordning --kind information --words samples/notices/information.yaml \
--audience all --channels none --signer "Karin Exempel, smittskyddsläkare" --by anna

  kallelse notice poster bluffsamtal --paper a3 --language en --out poster.pdf

More: docs/operator/notices.md. Corrections are made with: kallelse correct`

export const register: Register = (notice, cli) => {
  notice.addHelpText('after', help)
  addCreate(notice, cli)
  addPreview(notice, cli)
  addSteps(notice, cli)
  addPause(notice, cli)
  addStatus(notice, cli)
  addText(notice, cli)
  addPoster(notice, cli)
  addHeightened(notice, cli)
}

interface NoticeOptions {
  audience: string
  signer: string
  by: string
  kind: string
  warning?: string
  words?: string
  languages?: string
  channels: string
  perHousehold?: true
  notPublic?: true
  callsPer100: string
}

function addCreate(notice: Command, cli: Cli): void {
  notice
    .command('create <name>')
    .description('make a draft of a fraud warning, or of information')
    .requiredOption(
      '--audience <who>',
      'all, an age such as 65+, or a cohort rule, in a file or written as {…} (docs/operator/cohorts.md)',
    )
    .requiredOption('--signer <name, role>', 'who answers for it')
    .requiredOption('--by <name>', 'who does it')
    .addOption(
      new Option('--kind <kind>', 'what it is')
        .choices(['fraud-warning', 'information'])
        .default('fraud-warning'),
    )
    .option('--warning <template>', 'the text of a warning (default: fraud-warning)')
    .option(
      '--words <file>',
      'YAML, of information: what, news and, if there are any, others and todo; each by language (samples/notices)',
    )
    .option(
      '--languages <list>',
      'separated by commas (default: sv,sv-simple,en,ar; of information those with words)',
    )
    .option(
      '--channels <list>',
      'sms, email, letter: each person gets it on the first that reaches them; none: on the pages only',
      'sms,email,letter',
    )
    .option('--per-household', 'one for each household')
    .option('--not-public', "not on the region's pages and in the feeds")
    .option(
      '--calls-per-100 <n>',
      'how many of a hundred are expected to call; the phones decide how many get it a day',
      '5',
    )
    .action(async (name: string, options: NoticeOptions, command: Command) => {
      const order = await noticeOrder(name, options)
      await cli.withApp(async (app) => {
        const made = await createNotice(app, order, options.by)
        const text = `${made.name} is ${made.state}. Next: notice preview ${made.name}`
        cli.answer(command, text, shown(made))
      })
    })
}

async function noticeOrder(name: string, options: NoticeOptions) {
  const [signer = '', ...role] = options.signer.split(',').map((part) => part.trim())
  return {
    name,
    kind: options.kind,
    ...(options.warning ? { warning: options.warning } : {}),
    ...(options.words ? { words: await yamlIn(options.words, 'Give a file with the words.') } : {}),
    ...(options.languages ? { languages: list(options.languages) } : {}),
    channels: options.channels === 'none' ? [] : list(options.channels),
    audience: /^(all|\d+\+)$/.test(options.audience)
      ? options.audience
      : await ruleIn(options.audience),
    perHousehold: options.perHousehold ?? false,
    public: !options.notPublic,
    callsPer100: Number(options.callsPer100),
    signer: { name: signer, role: role.join(', ') },
  }
}

function addPreview(notice: Command, cli: Cli): void {
  notice
    .command('preview <name>')
    .description(
      'who would get it now and how, who would not and why, and how many a day; changes nothing',
    )
    .action((name: string, _options: object, command: Command) =>
      cli.withApp(async (app) => {
        const audience = await noticeAudience(
          { ...app, phoneCapacity: app.config.PHONE_CAPACITY },
          name,
        )
        cli.answer(command, audienceText(name, audience), audience)
      }),
    )
}

/** What somebody does to a notice: the command, what it is for, and how it is done; answers with what comes next. */
const steps: [
  verb: string,
  does: string,
  act: (app: App, name: string, by: string) => Promise<string>,
][] = [
  [
    'approve',
    'approve it; two different people must',
    async (app, name, by) =>
      approvedText(await approveCampaign(app, name, by), `notice send ${name}`),
  ],
  [
    'send',
    'send it and put it on the pages; the worker (work or serve) does it within seconds, before every campaign',
    async (app, name, by) => {
      await startCampaign(await sending(app), name, by)
      return `${name} is on its way. Follow it with: notice status ${name}`
    },
  ],
  [
    'resume',
    'continue a paused one',
    async (app, name, by) => {
      await resumeCampaign(await sending(app), name, by)
      return `${name} continues.`
    },
  ],
  [
    'cancel',
    'end it: what has not left stays here',
    async (app, name, by) => {
      await cancelCampaign(app, name, by)
      return `${name} is cancelled. If it is on the region's pages: notice lift ${name}`
    },
  ],
  [
    'lift',
    "take it off the region's pages and feeds: it is no longer in force",
    async (app, name, by) => {
      await liftNotice(app, name, by)
      return `${name} is lifted.`
    },
  ],
]

const sending = async (app: App) => ({
  ...app,
  jobs: await app.jobs(),
})

function addSteps(notice: Command, cli: Cli): void {
  for (const [verb, does, act] of steps)
    notice
      .command(`${verb} <name>`)
      .description(does)
      .requiredOption('--by <name>', 'who does it')
      .action((name: string, options: { by: string }, command: Command) =>
        cli.withApp(async (app) => {
          await noticeNamed(app.pool, name)
          const text = await act(app, name, options.by)
          cli.answer(command, text, shown(await noticeNamed(app.pool, name)))
        }),
      )
}

function addPause(notice: Command, cli: Cli): void {
  notice
    .command('pause <name>')
    .description('stop before the next message')
    .requiredOption('--by <name>', 'who does it')
    .requiredOption('--why <reason>', 'shown to everybody who wonders')
    .action((name: string, options: { by: string; why: string }, command: Command) =>
      cli.withApp(async (app) => {
        await noticeNamed(app.pool, name)
        const paused = await pauseCampaign(app, name, options.by, options.why)
        cli.answer(command, `${name} is paused.`, paused)
      }),
    )
}

function addStatus(notice: Command, cli: Cli): void {
  notice
    .command('status [name]')
    .description('all notices, or the people, messages and days of one')
    .action((name: string | undefined, _options: object, command: Command) =>
      cli.withApp(async (app) => {
        if (name === undefined) {
          const all = (await notices(app.pool)).map(shown)
          const text = all.map(listLine).join('\n') || 'There are no notices.'
          return cli.answer(command, text, all)
        }
        const found = await noticeNamed(app.pool, name)
        const status = await campaignStatus(app.pool, name)
        cli.answer(command, noticeStatusText(found, status), { ...status, ...shown(found) })
      }),
    )
}

const listLine = (n: ReturnType<typeof shown>): string =>
  [
    n.name.padEnd(40),
    n.kind.padEnd(14),
    n.state.padEnd(10),
    n.liftedAt ? 'lifted' : n.publishedAt ? 'public' : '',
  ].join(' ')

function noticeStatusText(notice: Notice, status: CampaignStatus): string {
  const corrects = notice.corrects ? ` of ${notice.corrects}` : ''
  const why = status.pausedWhy ? ` (${status.pausedWhy})` : ''
  return [
    `${notice.name}: ${notice.kind}${corrects}, ${status.state}${why}`,
    ...status.funnel.map(
      (f) => `  ${String(f.number).padStart(8)}  ${f.state}${f.reason ? `: ${f.reason}` : ''}`,
    ),
    'Messages',
    ...status.messages.map((m) => `  ${String(m.number).padStart(8)}  ${m.channel} ${m.state}`),
    ...status.waves.map((w) => `${w.day}: ${w.number} (${w.bound})`),
  ].join('\n')
}

function addText(notice: Command, cli: Cli): void {
  notice
    .command('text <name>')
    .description(
      'its text to paste at 1177.se, or with --script what staff say on the phone: from the same facts as its letters',
    )
    .option('--lang <language>', 'sv, sv-simple, en, ar', 'sv')
    .option('--script', 'what staff say on the phone')
    .action((name: string, options: { lang: string; script?: true }, command: Command) =>
      cli.withApp(async (app) => {
        const { config, pool } = app
        const language = options.lang
        const found = await noticeNamed(pool, name)
        const { texts, refresh } = await textsThatMayLeave(pool, config)
        await refresh()
        const heightened = (await heightenedNow(pool)) !== undefined
        const text = options.script
          ? noticeScript(texts, found, language, config, heightened)
          : pageText(texts, found, language, config)
        cli.answer(command, text, { name, language, text })
      }),
    )
}

function addPoster(notice: Command, cli: Cli): void {
  notice
    .command('poster <name>')
    .description(
      'a poster of it for waiting rooms, as PDF; in languages written from left to right',
    )
    .requiredOption('--out <file>', 'the file to write')
    .addOption(new Option('--paper <size>', 'its size').choices(['a4', 'a3']).default('a4'))
    .option('--language <language>', 'one that the notice is in', 'sv')
    .action((name: string, options: PosterOptions, command: Command) =>
      cli.withApp(async (app) => {
        const { config, pool } = app
        const found = await noticeNamed(pool, name)
        const { texts, refresh } = await textsThatMayLeave(pool, config)
        await refresh()
        const page = noticePage(texts, found, options.language, config)
        if (page.language !== options.language)
          throw new Refused(
            'not-its-language',
            `${name} is not in ${options.language}. Its languages: ${found.spec.languages.join(', ')}.`,
          )
        const { posterPaper } = await import('../documents/poster.ts')
        const poster = {
          ...imprintOf(app),
          paper: options.paper,
          page,
          tone: found.kind === 'fraud-warning' ? ('warning' as const) : ('notice' as const),
          phone: shownPhone(config.REGION_PHONE),
          address: readingAddress(found, page.language, config),
        }
        await writePaper(options.out, await posterPaper(poster))
        cli.answer(command, `${options.out}: ${page.title}`, {
          file: options.out,
          name,
          language: page.language,
        })
      }),
    )
}

interface PosterOptions {
  out: string
  paper: 'a4' | 'a3'
  language: string
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
const shown = ({ spec: _, campaignId: __, ...notice }: Notice) => notice

/** A cohort rule: in a YAML or JSON file, or written out as {…}. @throws Refused `bad-file`, unreadable-file */
export const ruleIn = async (given: string): Promise<Record<string, unknown>> =>
  given.trimStart().startsWith('{')
    ? asObject('The rule', yamlOf(given, given))
    : yamlIn(given, 'Give a file, or --audience all or 65+.')

/** A YAML or JSON file that holds an object. @throws Refused `bad-file`, unreadable-file */
export const yamlIn = async (file: string, advice: string): Promise<Record<string, unknown>> =>
  asObject(file, await readYaml(file), advice)

function asObject(name: string, said: unknown, advice = ''): Record<string, unknown> {
  if (typeof said === 'object' && said !== null && !Array.isArray(said))
    return said as Record<string, unknown>
  throw new Refused('bad-file', `${name} has no fields: write name: value. ${advice}`.trimEnd())
}

function audienceText(name: string, { counts, ...audience }: NoticeAudience): string {
  const perDay =
    audience.perDay === null ? '' : `, at most ${audience.perDay} today, to spare the phones`
  return [
    `${name}: ${audience.state}. ${audience.people} people, ${audience.told} get it${perDay}.`,
    ...audience.groups.map((g) => {
      const leftOut = g.reason ? `left out: ${g.reason}` : ''
      return `  ${String(g.number).padStart(8)}  ${g.route ?? ''} ${g.language ?? ''}${leftOut}`
    }),
    ...(counts
      ? [
          `Taken back first: ${counts.unsent} messages, ${counts.notYetInvited} people not yet invited. ` +
            `Not known whether it left: ${counts.maybe} people. Never got there: ${counts.lost} messages.`,
        ]
      : []),
  ].join('\n')
}
