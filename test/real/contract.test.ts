import { contractOf } from '../contract/contract.ts'
import {
  albListener,
  albRule,
  httpDeployed,
  httpUri,
  nodePortListener,
  nodePortRule,
  nodePortShared,
  restPort,
  stageVariable,
} from '../contract/members.ts'

/** The folders of the real plugins; main.ts has made sure that they are there. */
const plugins = Object.fromEntries(
  (process.env['CUTOVER_PULUMI_PLUGINS'] ?? '').split(',').map((part) => part.split('=') as [string, string]),
)

const members = [albRule, albListener, nodePortRule, nodePortListener, nodePortShared]
const behindApis = [restPort, stageVariable, httpUri, httpDeployed]

for (const member of [...members, ...behindApis]) contractOf(member, plugins)
