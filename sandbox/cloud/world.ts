import { EventEmitter } from 'node:events'
import type { Clock } from '../clock.ts'
import { createEc2, type Ec2State } from './ec2/state.ts'
import { nobody, type ControlPlanes } from './eks/control-planes.ts'
import { createEks, type EksState } from './eks/state.ts'
import { createElbv2, type Elbv2State } from './elbv2/state.ts'
import { createIam, type IamState } from './iam/state.ts'
import { createRoute53, type Route53State } from './route53/state.ts'

/** The model of one AWS account in one region: plain data that the operations of each service read and change. */
export interface World {
  readonly region: string
  readonly accountId: string
  readonly clock: Clock
  readonly ec2: Ec2State
  readonly iam: IamState
  readonly eks: EksState
  readonly elbv2: Elbv2State
  readonly route53: Route53State
  /** The day that is played: which Kubernetes versions AWS offers depends on it. No other time does. */
  readonly today: Date
  /** Called as EKS clusters come and go. */
  readonly controlPlanes: ControlPlanes
  /** `changed` after every write that the data plane may have to follow (servers, health checks, draining). */
  readonly events: EventEmitter<{ changed: [] }>
}

export interface WorldOptions {
  readonly region: string
  readonly accountId: string
  readonly clock: Clock
  /** Default: today. */
  readonly today?: Date
  /** Default: none, and clusters have endpoints at which nobody answers. */
  readonly controlPlanes?: ControlPlanes
}

export function createWorld(options: WorldOptions): World {
  return {
    today: new Date(),
    controlPlanes: nobody,
    ...options,
    ec2: createEc2(),
    eks: createEks(),
    iam: createIam(),
    elbv2: createElbv2(),
    route53: createRoute53(),
    events: new EventEmitter(),
  }
}
