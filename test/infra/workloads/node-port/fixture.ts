import type { NodePortSite } from '../../../../infra/workloads/node-port/found.ts'
import { found, site as albSite } from '../alb/fixture.ts'

const { podIngress: _pods, ...switchFound } = found
const { podIngress: _config, ...config } = albSite.config

/** A workload behind node ports that differ between the clusters. */
export const site: NodePortSite = {
  ...albSite,
  config: { ...config, greenNodes: { autoScalingGroups: ['green-a', 'green-b'], securityGroup: 'sg-0c' } },
  found: {
    ...switchFound,
    green: { nodePort: 31_080, healthCheckPort: '32000' },
    nodeIngress: [
      { port: 31_080, from: 'sg-0a' },
      { port: 32_000, from: 'sg-0a' },
    ],
    blueNodes: null,
  },
}
