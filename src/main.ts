import { Command, CommanderError } from 'commander'
import { openApp } from './app.ts'
import type { Cli, Register } from './cli/command.ts'
import { registerApiKey } from './cli/api-key.ts'
import { registerAttendance } from './cli/attendance.ts'
import { registerBench } from './cli/bench.ts'
import { registerCallList } from './cli/call-list.ts'
import { registerCampaign } from './cli/campaign.ts'
import { registerCheckAddress } from './cli/check-address.ts'
import { registerCheckCode } from './cli/check-code.ts'
import { registerCheckId } from './cli/check-id.ts'
import { registerCheckSms } from './cli/check-sms.ts'
import { registerCheckText } from './cli/check-text.ts'
import { registerCodeKey } from './cli/code-key.ts'
import { registerCorrect } from './cli/correct.ts'
import { registerDemo } from './cli/demo.ts'
import { registerEvidence } from './cli/evidence.ts'
import { registerFraudReport } from './cli/fraud-report.ts'
import { registerBookings } from './cli/import-bookings.ts'
import { registerImportBookings } from './cli/import-bookings.ts'
import { registerImportClinics } from './cli/import-clinics.ts'
import { registerImportPeople } from './cli/import-people.ts'
import { registerImportPositions } from './cli/import-positions.ts'
import { registerImportSlots } from './cli/import-slots.ts'
import { registerImportSupply } from './cli/import-supply.ts'
import { registerImprove } from './cli/improve.ts'
import { registerMessages } from './cli/messages.ts'
import { registerMigrate } from './cli/migrate.ts'
import { registerNotice } from './cli/notice.ts'
import { registerPeopleLink } from './cli/people-link.ts'
import { registerPreview } from './cli/preview.ts'
import { registerReconcile } from './cli/reconcile.ts'
import { registerReissue } from './cli/reissue.ts'
import { registerReleaseCampaign } from './cli/release-campaign.ts'
import { registerRelease } from './cli/release.ts'
import { registerReport } from './cli/report.ts'
import { registerReportDuplicates } from './cli/report-duplicates.ts'
import { registerReserve } from './cli/reserve.ts'
import { registerServe } from './cli/serve.ts'
import { registerSimulate } from './cli/simulate.ts'
import { registerTexts } from './cli/texts.ts'
import { registerWork } from './cli/work.ts'
import { registerWorklist } from './cli/worklist.ts'
import { readConfig } from './config.ts'
import { Refused } from './errors.ts'

const commands: Register[] = [
  registerDemo,
  registerServe,
  registerWork,
  registerMigrate,
  registerApiKey,
  registerImportPeople,
  registerImportClinics,
  registerImportSlots,
  registerImportSupply,
  registerImportBookings,
  registerImportPositions,
  registerPeopleLink,
  registerCampaign,
  registerImprove,
  registerReissue,
  registerRelease,
  registerReleaseCampaign,
  registerBookings,
  registerReserve,
  registerAttendance,
  registerWorklist,
  registerCallList,
  registerNotice,
  registerCorrect,
  registerMessages,
  registerReconcile,
  registerTexts,
  registerPreview,
  registerReport,
  registerReportDuplicates,
  registerEvidence,
  registerFraudReport,
  registerCheckId,
  registerCheckAddress,
  registerCheckSms,
  registerCheckText,
  registerCheckCode,
  registerCodeKey,
  registerSimulate,
  registerBench,
]

// The only signal handling: the first signal asks to stop in order, a second one ends the program at once.
const asked = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (asked.signal.aborted) process.exit(130)
    asked.abort()
  })
}

const cli: Cli = {
  stop: asked.signal,
  get config() {
    return readConfig()
  },
  async withApp(work, { config = readConfig(), clock } = {}) {
    const app = await openApp(config, clock)
    try {
      return await work(app)
    } finally {
      await app.close()
    }
  },
  answer(command, text, json) {
    process.stdout.write(
      command.optsWithGlobals()['json'] ? `${JSON.stringify(json)}\n` : `${text}\n`,
    )
  },
  failed() {
    process.exitCode = 1
  },
}

// Whoever reads our output may have had enough (`| head`): that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const program = new Command('kallelse')
  .description("Invites a region's population to care without breaking the phones.")
  .option('--json', 'machine-readable result on stdout')
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('(add --help for how to use it)')
  .exitOverride()
for (const register of commands) register(program, cli)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else if (error instanceof Refused) {
    const json = program.opts()['json'] === true
    process.stderr.write(
      json
        ? `${JSON.stringify({ error: { code: error.code, message: error.message, ...error.details } })}\n`
        : `${error.message}\n`,
    )
    process.exitCode = 1
  } else {
    process.stderr.write(
      `A fault in the program: ${error instanceof Error ? error.stack : String(error)}\n`,
    )
    process.exitCode = 1
  }
}
