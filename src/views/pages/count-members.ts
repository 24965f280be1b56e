const numbers = new Intl.NumberFormat("en");

/** "1 member", "1,204 members". */
export function countMembers(count: number): string {
  return `${numbers.format(count)} ${count === 1 ? "member" : "members"}`;
}
