import type { Command } from 'commander'
import { senderIdFault, smsLength } from '../texts/sms.ts'
import type { Register } from './command.ts'

export const register: Register = (command, cli) => {
  command
    .argument('<text>', 'the text, in quotes')
    .option('--sender <name>', 'check a sender name too')
    .addHelpText(
      'after',
      `
Example:
  kallelse check sms "Du har en tid måndag 15 mars 2021 kl. 9.30." --sender RegDalarna
`,
    )
    .action((text: string, options: { sender?: string }, command: Command) => {
      const length = smsLength(text)
      const fault = options.sender === undefined ? null : senderIdFault(options.sender)
      const lines = [
        `${length.encoding}, ${length.units} of ${length.encoding === 'GSM-7' ? '160' : '70'} ` +
          `units, ${length.segments} part${length.segments === 1 ? '' : 's'}.`,
        ...(length.nonGsm.length > 0
          ? [`These characters are not in GSM-7 and halve the room: ${length.nonGsm.join(' ')}`]
          : []),
        ...(fault ? [`The sender name ${fault}.`] : []),
      ]
      if (fault) cli.failed()
      cli.answer(
        command,
        lines.join('\n'),
        options.sender === undefined ? length : { ...length, senderFault: fault },
      )
    })
}
