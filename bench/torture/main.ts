import { parseArgs } from 'node:util'
import { faultless, type Found } from './checker.ts'
import { canLimitFiles, prepareGround } from './ground.ts'
import { play, type Played } from './play.ts'
import { scheduleOf, shown } from './schedule.ts'

const help = `Sends a campaign while everything goes wrong that can, and looks from outside whether each person got exactly one message.

  npm run torture -- [--seeds 1] [--messages 2000] [--from 1] [--verbose]

  --seeds     so many runs, each with a schedule of kills, cuts and ill providers of its own
  --messages  people in each
  --from      the first seed; the same seed has the same schedule
  --verbose   prints each schedule, not only those in which something was found

Exit 0: nobody lost, nobody told twice, nobody given up for an outage, no personal data in the logs.
`
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    messages: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const words: Record<keyof Found, string> = {
  lost: 'lost',
  twice: 'twice',
  outage: 'given up for an outage',
  astray: 'astray',
  leaks: 'leaks in logs',
}
const kinds = Object.keys(words) as (keyof Found)[]
const counted = (found: Found): string =>
  kinds.map((kind) => `${found[kind].length} ${words[kind]}`).join(', ')

const good = ({ found, stuck, forged }: Played): boolean =>
  faultless(found) && stuck === undefined && forged === 0

function details({ found, stuck, forged }: Played): string[] {
  return [
    ...(stuck ? [`did not come to rest: ${stuck}`] : []),
    ...(forged ? [`${forged} forged receipts were taken`] : []),
    ...kinds.flatMap((kind) => [
      ...found[kind].slice(0, 10),
      ...(found[kind].length > 10 ? [`… ${found[kind].length} ${words[kind]}`] : []),
    ]),
  ]
}

async function torture(): Promise<void> {
  const [seeds, messages, from] = [values.seeds, values.messages, values.from].map(Number)
  if (!canLimitFiles) console.log('prlimit is not here: no disk gets full')
  const ground = await prepareGround(messages!)
  const bad: number[] = []
  try {
    for (let seed = from!; seed < from! + seeds!; seed++) {
      const schedule = scheduleOf(seed, messages!)
      if (values.verbose) console.log(shown(schedule))
      const played = await play(ground, schedule)
      console.log(
        `seed ${seed}: ${played.world.arrived.length} came in ${played.took.toFixed(0)} s: ${counted(played.found)}`,
      )
      if (good(played)) continue
      bad.push(seed)
      if (!values.verbose) console.log(shown(schedule))
      console.log(
        details(played)
          .map((line) => `  ${line}`)
          .join('\n'),
      )
    }
  } finally {
    await ground.close()
  }
  console.log(`${seeds! - bad.length} of ${seeds} seeds × ${messages} people without a fault`)
  if (bad.length > 0) {
    console.log(
      `again: npm run torture -- --messages ${messages} --seeds 1 --from ${bad.join('|')}`,
    )
    process.exitCode = 1
  }
}

if (values.help) process.stdout.write(help)
else await torture()
