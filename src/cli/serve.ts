import { once } from 'node:events'
import type { Command } from 'commander'
import { listen } from '../web/server.ts'
import { startWorker } from '../worker.ts'
import type { Register } from './command.ts'

export const registerServe: Register = (program, cli) => {
  program
    .command('serve')
    .description('serve the web (pages, /api/v1, webhooks) and do what "work" does, until stopped (SIGTERM lets what is under way end)')
    .option('--no-work', 'only serve: another program does the work')
    .addHelpText('after', '\nExample:\n  PORT=8080 kallelse serve')
    .action((options: { work: boolean }, command: Command) =>
      cli.withApp(async (app) => {
        const web = await listen(app)
        const worker = options.work ? await startWorker(app) : undefined
        cli.answer(command, `Serving at ${web.url} (staff: ${web.url}/admin, API: ${web.url}/api/v1/openapi.json). Stop with Ctrl-C.`, { url: web.url })
        if (!cli.stop.aborted) await once(cli.stop, 'abort')
        await worker?.stop() // first: what has been sent gets its receipts while it ends
        await web.close()
      }),
    )
}
