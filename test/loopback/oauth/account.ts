/** The person of a sign-in, as the claims of the tokens tell. */
export interface Account {
  /** Left out, the tokens lack the claim as well. */
  readonly accountId?: string;
  readonly email: string;
  readonly plan: string;
}

export const person: Account = {
  accountId: 'acct_loopback',
  email: 'person@example.com',
  plan: 'plus',
};
