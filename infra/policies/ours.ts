import type { Condition, PolicyScope } from './grant.ts'

/** The tag that everything of our making has, whatever its workload. */
const migrationTag = 'eks-cutover:migration'

/** Only what carries the migration's tag. */
export const ours = ({ migration }: PolicyScope): Condition => ({
  StringEquals: { [`aws:ResourceTag/${migrationTag}`]: migration },
})

/** Only with the migration's tag on it. */
export const taggedAsOurs = ({ migration }: PolicyScope): Condition => ({
  StringEquals: { [`aws:RequestTag/${migrationTag}`]: migration },
})

/** Of rights that are for what a run made and did not live to record. */
export const afterDeath = 'a run died before what it had made was on record'

/** Of calls that only the official plugin makes, in a case that the stand-ins do not know. */
export const officialAlone = 'the official plugin alone asks for it'
