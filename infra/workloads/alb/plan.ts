import { podPlan, type PodPlan } from '../elbv2/pod-plan.ts'
import type { Stage } from '../kind.ts'
import type { AlbSite } from './found.ts'

/** Everything that the program will make of one workload at one stage. */
export type AlbPlan = PodPlan

export const plan = (site: AlbSite, stage: Stage): AlbPlan => podPlan(site, stage, 'alb')
