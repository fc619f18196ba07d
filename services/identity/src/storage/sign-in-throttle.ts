import type { Tenant } from '@parley/contracts';
import { type Allowance, type Redis, SharedLimit } from '@parley/service-kit/shared-limit';

const WINDOW_SECONDS = 15 * 60;

export interface ThrottleLimits {
  readonly triesPerAccountMax: number;
  readonly triesPerAddressMax: number;
  readonly accountsPerAddressMax: number;
}

/** How often an address may try, and try one account. */
export class SignInThrottle {
  readonly #account: SharedLimit;
  readonly #address: SharedLimit;
  readonly #registration: SharedLimit;

  constructor(redis: Redis, tenant: Tenant, limits: ThrottleLimits) {
    const limit = (name: string, triesMax: number) =>
      new SharedLimit(redis, {
        name: `identity:${tenant}:${name}`,
        triesMax,
        windowSeconds: WINDOW_SECONDS,
      });
    this.#account = limit('account', limits.triesPerAccountMax);
    this.#address = limit('address', limits.triesPerAddressMax);
    this.#registration = limit('registration', limits.accountsPerAddressMax);
  }

  async trySignIn(username: string, address: string): Promise<Allowance> {
    const byAccount = await this.#account.take(accountOf(username, address));
    return byAccount.allowed ? this.#address.take(address) : byAccount;
  }

  async signedIn(username: string, address: string): Promise<void> {
    await Promise.all([this.#account.forget(accountOf(username, address)), this.#address.giveBack(address)]);
  }

  async tryRegister(address: string): Promise<Allowance> {
    return this.#registration.take(address);
  }
}

function accountOf(username: string, address: string): string {
  return `${username}\n${address}`;
}
