import { ModifyListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { parse } from 'yaml'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { inventoryText } from '../support/service.ts'

/** One way of being exposed, as the contract suite sees it: every kind, and each of its switches, is a member. */
export interface Member {
  readonly name: string
  /** The sandbox's. */
  readonly scenario: string
  /** The inventory for the scenario, with the member's own entry for the workload; the switch point may have to be made first. */
  inventory(sandbox: Sandbox): Promise<MemberInventory>
}

export interface MemberInventory {
  readonly document: { migration: string; workloads: Record<string, Record<string, unknown>> } & Record<string, unknown>
  readonly workload: string
}

async function baseInventory(sandbox: Sandbox): Promise<MemberInventory['document']> {
  return parse(await inventoryText(sandbox)) as MemberInventory['document']
}

export const albRule: Member = {
  name: 'alb, a rule',
  scenario: 'small',
  inventory: async (sandbox) => ({ document: await baseInventory(sandbox), workload: 'search' }),
}

/** The same workload behind the listener's default action instead of a rule of its own. */
export const albListener: Member = {
  name: "alb, a listener's default action",
  scenario: 'small',
  inventory: async (sandbox) => {
    const document = await baseInventory(sandbox)
    const { rule, blueTargetGroup, probe, ...entry } = document.workloads['search'] ?? {}
    const listener = String(rule)
      .replace(':listener-rule/', ':listener/')
      .replace(/\/[^/]+$/, '')
    const forward = { Type: 'forward' as const, TargetGroupArn: String(blueTargetGroup) }
    await sandbox.aws.elbv2.send(new ModifyListenerCommand({ ListenerArn: listener, DefaultActions: [forward] }))
    const door = { ...(probe as object), headers: { host: 'nobody.shop.example' } }
    document.workloads['search'] = { ...entry, listener, blueTargetGroup, probe: door }
    return { document, workload: 'search' }
  },
}

export const nodePortRule: Member = {
  name: 'node-port, a rule',
  scenario: 'node-ports',
  inventory: async (sandbox) => ({ document: await baseInventory(sandbox), workload: 'checkout' }),
}
