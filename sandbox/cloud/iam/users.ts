import type {
  GetUserCommandInput,
  GetUserCommandOutput,
  ListAccountAliasesCommandInput,
  ListAccountAliasesCommandOutput,
} from '@aws-sdk/client-iam'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import { accountUser, accountUserArn } from './principal.ts'

const createdAt = new Date('2020-01-01T00:00:00Z')

/** Without a name: the caller. */
const getUser: Operation<GetUserCommandInput, GetUserCommandOutput> = (world, input, call) => {
  if (input.UserName === undefined && world.iam.sessions.has(call.accessKeyId)) {
    throw new AwsError('ValidationError', 'Must specify userName when calling with non-User credentials')
  }
  const name = input.UserName ?? accountUser.name
  if (name !== accountUser.name) {
    throw new AwsError('NoSuchEntity', `The user with name ${name} cannot be found.`, 404)
  }
  return {
    User: { Path: '/', UserName: name, UserId: accountUser.id, Arn: accountUserArn(world), CreateDate: createdAt },
  }
}

/** The account has no alias. */
const listAccountAliases: Operation<ListAccountAliasesCommandInput, ListAccountAliasesCommandOutput> = () => ({
  AccountAliases: [],
  IsTruncated: false,
})

export const users: Operations = {
  GetUser: getUser,
  ListAccountAliases: listAccountAliases,
}
