import { stringify } from 'yaml'
import type { Inventory } from '../../automation/inventory.ts'

const elb = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012'

export const ruleArn = `${elb}:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee`
export const listenerArn = `${elb}:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2`
export const blueArn = `${elb}:targetgroup/search/73e2d6bc24d8a067`

const entry = {
  kind: 'alb',
  rule: ruleArn,
  blueTargetGroup: blueArn,
  service: { namespace: 'shop', name: 'search', port: 80 },
  probe: { url: 'http://search.example.com/healthz', headers: { host: 'search.example.com' }, expect: [200, 204] },
  steps: [10, 50, 100],
  bake: '5m',
  soak: '24h',
}

/** A valid inventory; each workload is the same but for what is changed. A change to undefined leaves the key out. */
export const document = (changes: Readonly<Record<string, object>> = { search: {} }, migration = 'prod-2026') =>
  ({
    migration,
    aws: { region: 'eu-central-1' },
    blue: { cluster: 'prod-blue', kubeconfig: '/etc/cutover/blue.kubeconfig' },
    green: { cluster: 'prod-green', kubeconfig: '/etc/cutover/green.kubeconfig' },
    workloads: Object.fromEntries(
      Object.entries(changes).map(([name, change]) => [
        name,
        withoutUndefined({ ...structuredClone(entry), ...change }),
      ]),
    ),
  }) as unknown as Inventory

const withoutUndefined = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))

/** The document as a person would write it, without anchors. */
export const yamlOf = (value: object): string => stringify(value, { aliasDuplicateObjects: false })
