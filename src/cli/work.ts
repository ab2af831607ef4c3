import { once } from 'node:events'
import type { Register } from './command.ts'
import { startWorker } from '../worker.ts'

export const registerWork: Register = (program, cli) => {
  program
    .command('work')
    .description(
      'plan, release and send what campaigns have to do, until stopped (SIGTERM lets what is under way end)',
    )
    .action(() =>
      cli.withApp(async (app) => {
        const worker = await startWorker(app)
        app.log.info('working')
        if (!cli.stop.aborted) await once(cli.stop, 'abort')
        await worker.stop()
      }),
    )
}
