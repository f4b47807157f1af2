import { EventEmitter } from 'node:events'
import type { Clock } from '../clock.ts'
import { createApigateway, type ApigatewayState } from './apigateway/state.ts'
import { createApigatewayv2, type Apigatewayv2State } from './apigatewayv2/state.ts'
import { createEc2, type Ec2State } from './ec2/state.ts'
import { createElbv2, type Elbv2State } from './elbv2/state.ts'
import { createIam, type IamState } from './iam/state.ts'

/** What AWS grants to some accounts and not to others. */
export interface Account {
  /** Several target groups in the action of a network load balancer's listener, by weight (since November 2025). */
  readonly weightedNetworkListeners: boolean
}

const plainAccount: Account = { weightedNetworkListeners: false }

/** The model of one AWS account in one region: plain data that the operations of each service read and change. */
export interface World {
  readonly region: string
  readonly accountId: string
  readonly account: Account
  readonly clock: Clock
  readonly ec2: Ec2State
  readonly iam: IamState
  readonly elbv2: Elbv2State
  readonly apigateway: ApigatewayState
  readonly apigatewayv2: Apigatewayv2State
  /** `changed` after every write that the data plane may have to follow (servers, health checks, draining). */
  readonly events: EventEmitter<{ changed: [] }>
}

interface WorldOptions {
  region: string
  accountId: string
  clock: Clock
  account?: Partial<Account>
}

export function createWorld(options: WorldOptions): World {
  const account = { ...plainAccount, ...options.account }
  return {
    ...options,
    account,
    ec2: createEc2(),
    iam: createIam(),
    elbv2: createElbv2(),
    apigateway: createApigateway(),
    apigatewayv2: createApigatewayv2(),
    events: new EventEmitter(),
  }
}
