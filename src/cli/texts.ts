import { writeFile } from 'node:fs/promises'
import { Option, type Command } from 'commander'
import { campaignNamed } from '../campaigns/store.ts'
import { Refused } from '../errors.ts'
import {
  approveText,
  findText,
  stateOf,
  textApprovals,
  type TextState,
} from '../texts/approvals.ts'
import { readings } from '../texts/fallback.ts'
import { staffTexts } from '../texts/staff-texts.ts'
import { textsThatMayLeave } from '../texts/may-leave.ts'
import { cataloguePage } from '../texts/catalogue-page.ts'
import { sampleText, sampleAsText, swedishOf } from '../texts/sample-text.ts'
import { loadTexts } from '../texts/texts.ts'
import { heightenedNow } from '../notices/heightened.ts'
import type { Cli, Register } from './command.ts'

export const register: Register = (texts, cli) => {
  texts.addHelpText(
    'after',
    `
Example:
  kallelse texts list --state draft
  kallelse texts show invitation-open en letter
  kallelse texts approve invitation-open en letter --by "Ann Reader"
  kallelse texts staff covid-19-dose-1 --form contact-card
  kallelse texts sheet out/texts.html`,
  )
  addList(texts, cli)
  addShow(texts, cli)
  addApprove(texts, cli)
  addStaff(texts, cli)
  addLanguages(texts, cli)
  addSheet(texts, cli)
}

function addList(texts: Command, cli: Cli): void {
  texts
    .command('list')
    .description(
      'every text with its version and state; a translation is a draft until somebody who ' +
        'reads the language approves it, stale when the Swedish text changes',
    )
    .addOption(
      new Option('--state <state>', 'only these').choices(['source', 'draft', 'approved', 'stale']),
    )
    .action((options: { state?: TextState }, command: Command) =>
      cli.withApp(async (app) => {
        const approvals = await textApprovals(app.pool)
        const all = (await loadTexts()).all().map((text) => {
          const { state, approval } = stateOf(text, approvals)
          return {
            template: text.template,
            language: text.language,
            channel: text.channel,
            version: text.version,
            state,
            source: text.source?.said ?? null,
            sourceNow: text.source?.now ?? null,
            approver: approval?.approver ?? null,
            approvedAt: approval?.approvedAt ?? null,
          }
        })
        const listed = all.filter(({ state }) => !options.state || state === options.state)
        const line = (t: (typeof all)[number]) =>
          `${t.template.padEnd(22)} ${t.language.padEnd(10)} ${t.channel.padEnd(13)} ` +
          `${t.version.padEnd(11)} ` +
          `${t.state}${t.approver ? ` by ${t.approver}` : ''}` +
          (t.state === 'stale'
            ? ` (made from ${t.source ?? 'what was approved'}, Swedish is ${t.sourceNow})`
            : '')
        cli.answer(command, listed.map(line).join('\n') || 'There are none.', listed)
      }),
    )
}

function addShow(texts: Command, cli: Cli): void {
  texts
    .command('show <template> <language> <channel>')
    .description('a text with invented facts, and the Swedish text beside it to read it against')
    .action(
      (template: string, language: string, channel: string, _options: object, command: Command) =>
        cli.withApp(async (app) => {
          const all = await loadTexts()
          const text = findText(all.all(), template, language, channel)
          const { state, approval } = stateOf(text, await textApprovals(app.pool))
          const swedish = swedishOf(all, text)
          const answer = {
            ...text,
            state,
            approver: approval?.approver ?? null,
            text: sampleAsText(sampleText(all, text)),
            swedish: swedish ? sampleAsText(sampleText(all, swedish)) : null,
          }
          const parts = [
            `${template} ${language} ${channel}, version ${text.version}: ` +
              `${state}${approval ? ` by ${approval.approver}` : ''}`,
            answer.text,
          ]
          cli.answer(
            command,
            [
              ...parts,
              ...(answer.swedish ? [`--- in Swedish, ${swedish?.version}`, answer.swedish] : []),
            ].join('\n\n'),
            answer,
          )
        }),
    )
}

function addApprove(texts: Command, cli: Cli): void {
  texts
    .command('approve <template> <language> <channel>')
    .description('say that a translation, as it is now, says what the Swedish text says')
    .requiredOption('--by <name>', 'who has read it, and reads the language')
    .action(
      (
        template: string,
        language: string,
        channel: string,
        options: { by: string },
        command: Command,
      ) =>
        cli.withApp(async (app) => {
          const text = findText((await loadTexts()).all(), template, language, channel)
          await approveText(app, text, options.by)
          cli.answer(
            command,
            `${template} ${language} ${channel}, version ${text.version}, is approved by ${options.by}.`,
            { template, language, channel, version: text.version, approver: options.by },
          )
        }),
    )
}

function addStaff(texts: Command, cli: Cli): void {
  texts
    .command('staff <campaign>')
    .description(
      'what staff say on the phone, or what is on the contact card at 1177.se: from the ' +
        "same facts as the campaign's letters",
    )
    .addOption(
      new Option('--form <form>')
        .choices(['phone-script', 'contact-card'] as const)
        .default('phone-script'),
    )
    .option(
      '--lang <language>',
      'sv, sv-simple, en; in Swedish when nobody has approved it in the language',
      'sv',
    )
    .action(
      (
        name: string,
        { form, lang: language }: { form: 'phone-script' | 'contact-card'; lang: string },
        command: Command,
      ) =>
        cli.withApp(async (app) => {
          const warning = (await heightenedNow(app.pool)) !== undefined
          const said = await staffTexts(app, name, { form, language, warning })
          if (said.length === 0)
            throw new Refused('unknown-text', `None of ${name}'s templates has a ${form}.`)
          cli.answer(
            command,
            said.map(({ text }) => text).join('\n\n'),
            said.map(({ template, language, version, text }) => ({
              template,
              form,
              language,
              version,
              text,
            })),
          )
        }),
    )
}

function addLanguages(texts: Command, cli: Cli): void {
  texts
    .command('languages <campaign>')
    .description(
      "what a person in each of the campaign's languages is written to in now: whole, Swedish " +
        'with a short text in the language, or Swedish alone',
    )
    .action((name: string, _options: object, command: Command) =>
      cli.withApp(async (app) => {
        const { spec } = await campaignNamed(app.pool, name)
        const { texts, refresh } = await textsThatMayLeave(app.pool, app.config)
        await refresh()
        const all = readings(texts, spec)
        const word = {
          whole: 'all of it in the language',
          short: 'Swedish, and a short text in the language',
          swedish: 'Swedish alone',
        }
        cli.answer(
          command,
          all
            .map(
              ({ template, channel, language, gets }) =>
                `${template.padEnd(22)} ${channel.padEnd(7)} ${language.padEnd(10)} ${word[gets]}`,
            )
            .join('\n'),
          all,
        )
      }),
    )
}

function addSheet(texts: Command, cli: Cli): void {
  texts
    .command('sheet <file>')
    .description('one HTML page with every text in every language and channel, with its state')
    .action((file: string, _options: object, command: Command) =>
      cli.withApp(async (app) => {
        const all = await loadTexts()
        await writeFile(file, cataloguePage(all, await textApprovals(app.pool)))
        cli.answer(command, `${file}: ${all.all().length} texts`, { file, texts: all.all().length })
      }),
    )
}
