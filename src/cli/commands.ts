import type { Command } from 'commander'
import type { Cli, Register } from './command.ts'

type Load = () => Promise<{ register: Register }>

/**
 * Every command: how it is written in the list of commands, what it does, and its file. The file declares arguments and
 * options and is loaded only when its command is used, so a file may import whatever it needs. Without a file: a group,
 * whose commands follow. The arguments repeat what the file declares; test/cli/commands.test.ts compares them.
 */
export const commands: readonly [usage: string, does: string, load?: Load][] = [
  [
    'demo [options]',
    'invite a synthetic region, end to end: import, campaign in waves, letters, SMS and ' +
      'e-mail to servers on this machine, residents who book, a reissue',
    () => import('./demo.ts'),
  ],
  [
    'serve [options]',
    'serve the web (pages, /api/v1, webhooks) and do what "work" does, until stopped ' +
      '(SIGTERM lets what is under way end)',
    () => import('./serve.ts'),
  ],
  [
    'work',
    'plan, release and send what campaigns have to do, until stopped (SIGTERM lets what is under way end)',
    () => import('./work.ts'),
  ],
  [
    'migrate [options]',
    'bring the database up to date (every other command does so too)',
    () => import('./migrate.ts'),
  ],
  ['api-key', 'keys for /api/v1', () => import('./api-key.ts')],
  ['staff', 'members of the staff and their roles', () => import('./staff.ts')],
  ['import', 'read files into the database'],
  [
    'import people [options] <file>',
    'import people from the register: show what changes, then commit everything',
    () => import('./import-people.ts'),
  ],
  [
    'import clinics [options] <file>',
    'import clinics: new ones are added, known ones brought up to date, others stay',
    () => import('./import-clinics.ts'),
  ],
  [
    'import slots [options] <source>',
    'import slots: new ones are added, known ones (same clinic and start) brought up to date, others stay',
    () => import('./import-slots.ts'),
  ],
  [
    'import supply [options] <file>',
    'import deliveries of doses: what is believed now, kept beside what was believed before',
    () => import('./import-supply.ts'),
  ],
  [
    'import bookings [options] <file>',
    'take in what other booking systems report: new, moved, cancelled, attended; ' +
      'a second booking is kept as a conflict',
    () => import('./import-bookings.ts'),
  ],
  [
    'import doses [options] <file>',
    'take in doses that were given elsewhere: who has had one is not invited for it',
    () => import('./import-doses.ts'),
  ],
  [
    'import group [options] <name> <file>',
    'take in a named list of people that cohort rules can name: staff, a risk group, a school class',
    () => import('./import-group.ts'),
  ],
  [
    'import positions <file>',
    'import the middle of postcode areas and municipalities, for the road to a clinic (docs/developer/allocation.md)',
    () => import('./import-positions.ts'),
  ],
  [
    'supply',
    'doses at the clinics: what there is, came, and was thrown away',
    () => import('./supply.ts'),
  ],
  ['group', 'named lists of people'],
  [
    'group list',
    'every group: how many are in it today, and who answers for it',
    () => import('./group-list.ts'),
  ],
  [
    'purpose',
    'the register of what campaigns can be for: words, validity, dose intervals, where needs lead',
    () => import('./purpose.ts'),
  ],
  ['people', "work with people's records"],
  [
    'people link <number> <earlier>',
    'link two records of the same person, so that they count as one',
    () => import('./people-link.ts'),
  ],
  [
    'campaign',
    'create, preview, approve, start, pause, resume and cancel campaigns',
    () => import('./campaign.ts'),
  ],
  [
    'reissue [options]',
    'new times when a clinic can do less than it promised, or for everybody who has not ' +
      "booked; shows first, does after a second person's approval",
    () => import('./reissue.ts'),
  ],
  ['release', 'how many invitations to release today, and why', () => import('./release.ts')],
  ['bookings', 'bookings and what other systems report about them', () => import('./bookings.ts')],
  [
    'reserve',
    'offer doses that are left over to people who can come at short notice',
    () => import('./reserve.ts'),
  ],
  [
    'attendance',
    'who came, who did not, and when the next dose is due',
    () => import('./attendance.ts'),
  ],
  [
    'worklist',
    'people reached in another way: home care, särskilt boende, LSS; protected identities',
    () => import('./worklist.ts'),
  ],
  [
    'call-list',
    'people to call: no channel reaches them, or they are marked',
    () => import('./call-list.ts'),
  ],
  [
    'notice',
    "warn people of fraud: to them and on the region's pages; heightened fraud; also steps for corrections",
    () => import('./notice.ts'),
  ],
  [
    'correct [options]',
    'correct what was wrong in messages: to exactly the people who got it, the way they got ' +
      'it; what has not left is taken back',
    () => import('./correct.ts'),
  ],
  [
    'messages',
    'messages that may or may not have left, and e-mails that came back; delivery notes of print batches',
    () => import('./messages.ts'),
  ],
  [
    'reconcile [options] <receipt>',
    "compare the print supplier's receipt with what was handed over, letter by letter: " +
      'doubled, missing, not ours, other content, returned',
    () => import('./reconcile.ts'),
  ],
  ['texts', 'list, show and approve what residents read', () => import('./texts.ts')],
  [
    'preview [options] [campaign]',
    'what a person, or somebody invented in a language, would get: the letter as PDF and ' +
      'pictures marked as a preview, and what SMS and e-mail say',
    () => import('./preview.ts'),
  ],
  ['goal', 'targets: which share of a group by which day', () => import('./goal.ts')],
  [
    'coverage [options]',
    'how the goals are doing: who is covered, by area, age, sex, language and group, and when at this pace',
    () => import('./coverage.ts'),
  ],
  [
    'report [options]',
    'write the figures of all campaigns as one HTML page or PDF with plots, and print their summary',
    () => import('./report.ts'),
  ],
  [
    'evidence',
    'what was sent to a person, with bytes, text version and who approved; each look is in the access log',
    () => import('./evidence.ts'),
  ],
  [
    'fraud-report',
    'what residents report about messages that may be fraud (from /akta)',
    () => import('./fraud-report.ts'),
  ],
  ['check', 'check numbers, addresses and texts without a database'],
  [
    'check id <number...>',
    'check personnummer, samordningsnummer and reserve numbers',
    () => import('./check-id.ts'),
  ],
  [
    'check address <file>',
    'print addresses as they will stand on letters, with what is wrong with them',
    () => import('./check-address.ts'),
  ],
  [
    'check sms [options] <text>',
    'how an SMS is coded, and how many parts it is sent and paid as',
    () => import('./check-sms.ts'),
  ],
  [
    'check text [options] <file>',
    'check a text before it is sent: plain language, dates, facts, length of an SMS, and ' +
      'that it asks for nothing only fraudsters ask for',
    () => import('./check-text.ts'),
  ],
  [
    'check code [options] [payload]',
    "check a letter's signed 2D code offline, with the published keys: no database, no network",
    () => import('./check-code.ts'),
  ],
  [
    'backup',
    'back up the embedded database, and put a back-up in its place',
    () => import('./backup.ts'),
  ],
  [
    'keys',
    'keys that kept bytes are sealed with: make one, seal everything again with a new one',
    () => import('./keys.ts'),
  ],
  [
    'code-key',
    "keys that letters' 2D codes are signed with (docs/operator/checking.md)",
    () => import('./code-key.ts'),
  ],
  [
    'simulate [options] [scenario]',
    'play a scenario, "all", or random "draws" against every release policy and print how each did',
    () => import('./simulate.ts'),
  ],
  [
    'bench [name] [arguments...]',
    'measure a part of the program beside a plain yardstick; without a name: list what can be measured',
    () => import('./bench.ts'),
  ],
]

/** The words of a usage that name the command: `check id` of `check id <number...>`. */
export const namesOf = (usage: string): string[] => usage.replace(/ [[<].*/, '').split(' ')

/**
 * Adds all commands to the program, and what those among `words` (the command line) take.
 * @returns how each is written in its list: one that isn't loaded does not know its own arguments
 */
export async function addCommands(
  program: Command,
  cli: Cli,
  words: readonly string[],
): Promise<Map<Command, string>> {
  const given = words.filter((word) => !word.startsWith('-') && word !== 'help')
  const terms = new Map<Command, string>()
  for (const [usage, does, load] of commands) {
    const names = namesOf(usage)
    const name = names.pop()!
    const group = program.commands.find((command) => command.name() === names[0]) ?? program
    const command = group.command(name).description(does)
    terms.set(command, usage.slice(names.join(' ').length).trimStart())
    if (load && [...names, name].every((word, i) => word === given[i]))
      (await load()).register(command, cli)
  }
  return terms
}
