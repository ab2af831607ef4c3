import { DateTime } from 'luxon'
import { once } from 'node:events'
import type { Command } from 'commander'
import { zone } from '../clock.ts'
import { demoClock } from '../demo/clock.ts'
import type { Register } from './command.ts'
import { endInTime } from './end-in-time.ts'
import { startWorkerProcess } from './worker-process.ts'

export const register: Register = (command, cli) => {
  command
    .option('--no-work', 'only serve: another program does the work')
    .addHelpText(
      'after',
      `
Example:
  PORT=8080 kallelse serve`,
    )
    .action((options: { work: boolean }, command: Command) =>
      cli.withApp(async (app) => {
        endInTime(cli.stop, app.log)
        const { listen } = await import('../web/server.ts')
        await app.jobs() // takes a second: not while somebody waits for their booking
        // First: who has no worker serves nothing, ends, and says why.
        const worker = options.work ? await startWorkerProcess(app.log, cli.stop) : undefined
        const web = await listen(app).catch(async (error: unknown) => {
          await worker?.stop()
          throw error
        })
        const now = DateTime.fromJSDate(app.clock.now(), { zone }).toFormat('yyyy-MM-dd HH:mm')
        const demo = demoClock(app.config)
          ? `\nThis is the demo's region, and the clock continues from where the demo left it: it is ` +
            `${now}. To begin again remove ${app.config.KALLELSE_DATA}.`
          : ''
        cli.answer(
          command,
          `Serving at ${web.url} (staff: ${web.url}/admin, API: ${web.url}/api/v1/openapi.json). ` +
            `Stop with Ctrl-C.${demo}`,
          { url: web.url },
        )
        if (!cli.stop.aborted) await once(cli.stop, 'abort')
        await worker?.stop() // first: what has been sent gets its receipts while it ends
        await web.close()
      }),
    )
}
