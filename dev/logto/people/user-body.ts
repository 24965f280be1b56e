import type { User } from "./users.ts";

/** A user as the Management API and the webhooks show it: times in milliseconds, the password never. */
export function presentUser<Shown extends User>({ passwordDigest: _never, ...user }: Shown) {
  return {
    ...user,
    cimdClientId: null,
    lastSignInAt: user.lastSignInAt?.getTime() ?? null,
    createdAt: user.createdAt.getTime(),
    updatedAt: user.updatedAt.getTime(),
  };
}
