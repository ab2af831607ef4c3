import { once } from 'node:events'
import type { Register } from './command.ts'

export const register: Register = (command, cli) => {
  command.action(() =>
    cli.withApp(async (app) => {
      const { startWorker } = await import('../worker.ts')
      const worker = await startWorker(app)
      app.log.info('working')
      if (!cli.stop.aborted) await once(cli.stop, 'abort')
      await worker.stop()
    }),
  )
}
