import { contractOf } from '../contract/contract.ts'
import { albListener, albRule, nodePortListener, nodePortRule, nodePortShared } from '../contract/members.ts'

/** The folders of the real plugins; main.ts has made sure that they are there. */
const plugins = Object.fromEntries(
  (process.env['CUTOVER_PULUMI_PLUGINS'] ?? '').split(',').map((part) => part.split('=') as [string, string]),
)

for (const member of [albRule, albListener, nodePortRule, nodePortListener, nodePortShared]) contractOf(member, plugins)
