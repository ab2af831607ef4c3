import type { Command } from 'commander'
import {
  approveCampaign,
  cancelCampaign,
  checkCampaign,
  createCampaign,
  pauseCampaign,
  resumeCampaign,
  startCampaign,
} from '../campaigns/actions.ts'
import { previewCampaign, type Preview } from '../campaigns/plan.ts'
import { reasons, type Reason } from '../campaigns/reasons.ts'
import { campaignNamed } from '../campaigns/store.ts'
import type { CampaignState } from '../campaigns/store.ts'
import type { Preflight } from '../reports/preflight.ts'
import { campaignList, campaignStatus, type CampaignStatus } from '../reports/status.ts'
import { lateLetters, lateText } from '../messages/print/late-letters.ts'
import { printSchedule } from '../messages/print/print-day.ts'
import type { Cli, Register } from './command.ts'
import { registerImprove } from './improve.ts'
import { readYaml } from './read-yaml.ts'

export const register: Register = (campaign, cli) => {
  campaign.addHelpText(
    'after',
    `
Example:
  kallelse campaign create samples/campaigns/open.yaml --by anna
  kallelse campaign preview covid-19-dose-1
  kallelse campaign approve covid-19-dose-1 --by anna
  kallelse campaign approve covid-19-dose-1 --by bertil
  kallelse campaign start covid-19-dose-1 --by anna`,
  )
  addCreate(campaign, cli)
  addPreview(campaign, cli)
  addCheck(campaign, cli)
  acting(
    campaign,
    cli,
    'approve',
    'approve the campaign; two different people must',
    async (app, name, by) => {
      const done = await approveCampaign(app, name, by)
      return [approvedText(done), done]
    },
  )
  addStart(campaign, cli)
  acting(campaign, cli, 'resume', 'continue a paused campaign', async (app, name, by) => {
    const done = await resumeCampaign({ ...app, jobs: await app.jobs() }, name, by)
    return [`${name} is ${done.state}.`, done]
  })
  acting(
    campaign,
    cli,
    'cancel',
    'end the campaign: what has not left stays here',
    async (app, name, by) => {
      const done = await cancelCampaign(app, name, by)
      return [`${name} is ${done.state}.`, done]
    },
  )
  addPause(campaign, cli)
  addStatus(campaign, cli)
  registerImprove(campaign, cli)
}

function addCreate(campaign: Command, cli: Cli): void {
  campaign
    .command('create <spec>')
    .description('make a draft of a campaign file (YAML or JSON; docs/operator/campaigns.md)')
    .requiredOption('--by <name>', 'who does it')
    .option('--dry-run', 'check the file and say nothing was made')
    .action(async (file: string, options: { by: string; dryRun?: boolean }, command: Command) => {
      const spec = await readYaml(file)
      await cli.withApp(async (app) => {
        if (options.dryRun) {
          const checked = await checkCampaign({ db: app.pool, clock: app.clock }, spec)
          return cli.answer(command, `${checked.name} can be created; nothing was made.`, {
            name: checked.name,
            dryRun: true,
          })
        }
        const made = await createCampaign(app, spec, options.by)
        cli.answer(
          command,
          `${made.name} is ${made.state}. Next: campaign preview ${made.name}`,
          made,
        )
      })
    })
}

function addPreview(campaign: Command, cli: Cli): void {
  campaign
    .command('preview <name>')
    .description('who would be invited now, how, and who is left out and why; changes nothing')
    .action((name: string, _options: object, command: Command) =>
      cli.withApp(async (app) => {
        const preview = await previewCampaign(app, name)
        cli.answer(command, previewText(name, preview), preview)
      }),
    )
}

function addCheck(campaign: Command, cli: Cli): void {
  campaign
    .command('check <name>')
    .description(
      'what is known before anything leaves: channels, texts, people, places, days, cost, phones; changes nothing',
    )
    .action((name: string, _options: object, command: Command) =>
      cli.withApp(async (app) => {
        const { preflightOf } = await import('../reports/preflight.ts') // with the providers' libraries
        const check = await preflightOf(app, name)
        cli.answer(command, checkText(check), check)
      }),
    )
}

const marks = { stop: 'STOP   ', warning: 'warning', fact: '       ' } as const

const checkText = ({ campaign, state, ready, findings }: Preflight): string =>
  [
    `${campaign} (${state}) ${ready ? 'can be approved and started.' : "can't be approved or started: see STOP."}`,
    ...findings.map(({ severity, text }) => `  ${marks[severity]}  ${text}`),
  ].join('\n')

function addStart(campaign: Command, cli: Cli): void {
  campaign
    .command('start <name>')
    .description('start an approved campaign; the worker (work or serve) makes the plan and sends')
    .requiredOption('--by <name>', 'who does it')
    .option(
      '--hold',
      'make the plan and give the fixed times, then wait: nothing is released until campaign resume',
    )
    .action((name: string, options: { by: string; hold?: true }, command: Command) =>
      cli.withApp(async (app) => {
        const done = await startCampaign(
          { ...app, jobs: await app.jobs() },
          name,
          options.by,
          options.hold,
        )
        cli.answer(command, `${name} is ${done.state}.${options.hold ? heldText(name) : ''}`, done)
      }),
    )
}

function addPause(campaign: Command, cli: Cli): void {
  campaign
    .command('pause <name>')
    .description(
      'stop before the next message; what is unsent stays unsent. Of a finished campaign: its reminders and confirmations',
    )
    .requiredOption('--by <name>', 'who does it')
    .requiredOption('--why <reason>', 'shown to everybody who wonders')
    .action((name: string, options: { by: string; why: string }, command: Command) =>
      cli.withApp(async (app) => {
        const { state } = await campaignNamed(app.pool, name)
        const paused = await pauseCampaign(app, name, options.by, options.why)
        cli.answer(
          command,
          `${name} is paused.` +
            (state === 'finished'
              ? ' All its invitations had left: what waits until campaign resume is reminders and confirmations of ' +
                'the times that people have.'
              : ''),
          paused,
        )
      }),
    )
}

function addStatus(campaign: Command, cli: Cli): void {
  campaign
    .command('status [name]')
    .description('all campaigns, or the funnel, messages and waves of one')
    .action((name: string | undefined, _options: object, command: Command) =>
      cli.withApp(async (app) => {
        const late = await lateLetters(app.pool, app.clock.now(), printSchedule(app.config))
        if (name) {
          const status = await campaignStatus(app.pool, name)
          const its = late.filter((line) => line.campaign === name)
          return cli.answer(command, [...its.map(lateText), statusText(status)].join('\n'), {
            ...status,
            late: its,
          })
        }
        const list = await campaignList(app.pool)
        const lines = list.map(
          (c) => `${c.name.padEnd(40)} ${c.state.padEnd(10)} ${c.way.padEnd(6)} ${c.purpose}`,
        )
        cli.answer(
          command,
          [...late.map(lateText), ...lines].join('\n') || 'There are no campaigns.',
          list.map((c) => ({ ...c, late: late.find((line) => line.campaign === c.name) ?? null })),
        )
      }),
    )
}

const heldText = (name: string): string =>
  ' When the plan is made it waits. ' +
  `Next: campaign status ${name}, campaign improve ${name}, campaign resume ${name}`

/** What an approval has come to. */
export function approvedText(
  { name, state, approvals }: { name: string; state: CampaignState; approvals: number },
  start = `campaign start ${name}`,
): string {
  if (approvals < 2)
    return `${name} is approved by ${approvals} of 2 with its texts as they are now.`
  const next = state === 'approved' ? start : state === 'paused' ? `campaign resume ${name}` : ''
  return `${name} is approved.${next && ` Next: ${next}`}`
}

type Act = (
  app: Parameters<Parameters<Cli['withApp']>[0]>[0],
  name: string,
  by: string,
) => Promise<[text: string, json: unknown]>

function acting(campaign: Command, cli: Cli, verb: string, description: string, act: Act): void {
  campaign
    .command(`${verb} <name>`)
    .description(description)
    .requiredOption('--by <name>', 'who does it')
    .action((name: string, options: { by: string }, command: Command) =>
      cli.withApp(async (app) => cli.answer(command, ...(await act(app, name, options.by)))),
    )
}

const table = (
  counts: Record<string, number | undefined>,
  name: (key: string) => string = (key) => key,
): string =>
  Object.entries(counts)
    .map(([key, n]) => `  ${String(n).padStart(8)}  ${name(key)}`)
    .join('\n')

const reasonText = (reason: string): string => `${reason} (${reasons[reason as Reason] ?? ''})`

const previewText = (name: string, preview: Preview): string =>
  [
    `${name}: ${preview.cohort} in the cohort, ${preview.invited} would be invited.`,
    `By route\n${table(preview.byRoute)}`,
    `By language\n${table(preview.byLanguage)}`,
    `By area\n${table(preview.byArea)}`,
    `Left out\n${table(preview.suppressed, reasonText)}`,
    `The cohort by municipality\n${table(preview.members.municipality)}`,
    `by listed clinic\n${table(preview.members.clinic)}`,
    `by age\n${table(preview.members.age)}`,
    `by what reaches them\n${table(preview.members.channel)}`,
  ].join('\n')

const statusText = (status: CampaignStatus): string =>
  [
    `${status.name}: ${status.state}${status.pausedWhy ? ` (${status.pausedWhy})` : ''}, ` +
      `${status.way}, ${status.purpose}`,
    `Cohort ${status.cohortSize ?? 'not planned yet'}`,
    ...status.funnel.map(
      (f) =>
        `  ${String(f.number).padStart(8)}  ${f.state}${f.reason ? `: ${reasonText(f.reason)}` : ''}`,
    ),
    'Messages',
    ...status.messages.map(
      (m) => `  ${String(m.number).padStart(8)}  ${m.channel} ${m.step} ${m.state}`,
    ),
    `Waves: ${status.waves.length}, ${status.waves.reduce((sum, wave) => sum + wave.number, 0)} invitations`,
    ...saidOf(status),
  ].join('\n')

/** Of the latest day, what it counted on that nobody has planned. */
function saidOf({ waves }: CampaignStatus): string[] {
  const last = waves.at(-1)?.day
  const said = waves.reduce((sum, wave) => (wave.day === last ? sum + wave.said : sum), 0)
  return said ? [`  On ${last} it counted on ${said} places where supply is said to continue.`] : []
}
