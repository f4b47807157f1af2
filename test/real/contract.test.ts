import { contractOf } from '../contract/contract.ts'
import * as members from '../contract/members.ts'

/** The folders of the real plugins; main.ts has made sure that they are there. */
const plugins = Object.fromEntries(
  (process.env['CUTOVER_PULUMI_PLUGINS'] ?? '').split(',').map((part) => part.split('=') as [string, string]),
)

for (const member of Object.values(members)) contractOf(member, plugins)
