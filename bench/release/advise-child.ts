import { releaseAdvise } from '../../src/cli/release.ts'

await releaseAdvise(process.stdin, process.stdout)
