import { contractOf } from './contract.ts'
import { httpDeployed } from './members.ts'

contractOf(httpDeployed)
