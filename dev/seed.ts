import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import pino from "pino";

import { InvalidConfigError } from "../src/runtime/settings.ts";
import { checkDatabase, UnfitDatabaseError } from "../src/database/boot-check.ts";
import { type Database, openDatabase } from "../src/database/database.ts";
import { createManagementApi } from "../src/logto/client/management-api.ts";
import { describeFailure } from "../src/logto/client/describe-failure.ts";
import { accountsAtLogto, DemoError, noAccounts } from "./demo/accounts.ts";
import { cast } from "./demo/cast.ts";
import { fillDemo } from "./demo/demo.ts";
import { readEnvironment } from "./run/environment.ts";
import { noDatabase } from "./prisma/database-url.ts";
import { makeOwner } from "./seed/make-owner.ts";
import { describeTarget, findTarget, type Target } from "./seed/target.ts";
import { say, sayFault, sayNote, sayStep } from "./system/terminal.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));
const usage = `npm run seed -- [options]

Fills a database with the demo people and their organizations: docs/database.md.

  --owner <who>  makes a user who has signed in an owner of these organizations: a username or an email address
  --yes          in production, too
  --help         this text
`;

async function main({ owner, yes }: { owner?: string | undefined; yes: boolean }): Promise<void> {
  readEnvironment(folder);
  const target = await findTarget(folder, process.env);
  if (target === undefined) throw new DemoError(noDatabase);
  if (!target.isHarmless && !yes) {
    throw new DemoError(
      `This would fill ${describeTarget(target)}. Everybody knows the password of the demo people, and NODE_ENV is not "development" or not all of it is on this machine. If you mean it: npm run seed -- --yes`,
    );
  }
  const logger = pino({ level: "silent" });
  const database = openDatabase({ url: target.databaseUrl, poolSize: 2, logger });
  try {
    await checkDatabase(database.unscoped);
    await fill(database, target, owner);
  } finally {
    await database.close();
  }
}

async function fill(database: Database, target: Target, owner: string | undefined): Promise<void> {
  const { logto } = target;
  const accounts = logto?.management
    ? accountsAtLogto(createManagementApi({ endpoint: logto.endpoint, ...logto.management }))
    : noAccounts;
  try {
    const isNew = await fillDemo(database, accounts);
    if (isNew) sayStep(`The demo people and their organizations are in ${describeTarget(target)}.`);
    else sayNote("The demo people and their organizations are here already. Nothing was changed.");
  } catch (error) {
    const { endpoint, management } = logto ?? {};
    const sentence = endpoint && management && describeFailure(error, { endpoint, management });
    throw sentence ? new DemoError(sentence, { cause: error }) : error;
  }
  if (accounts !== noAccounts) {
    for (const { identifier, password, note } of cast)
      say(`    ${identifier} / ${password}: ${note}`);
  } else if (owner === undefined) {
    sayNote("Nobody can sign in as them: LOGTO_M2M_APP_ID and LOGTO_M2M_APP_SECRET are not set.");
    sayNote("To see them, sign in once, then: npm run seed -- --owner <username or email address>");
  }
  if (owner === undefined) return;
  const names = await makeOwner(database, { who: owner, issuer: accounts.issuer });
  sayStep(`${owner} is an owner of ${names.join(" and ")}.`);
}

const flag = { type: "boolean", default: false } as const;
try {
  const { values } = parseArgs({ options: { owner: { type: "string" }, yes: flag, help: flag } });
  if (values.help) say(usage);
  else await main(values);
} catch (error) {
  const isForeseen =
    error instanceof DemoError ||
    error instanceof InvalidConfigError ||
    error instanceof UnfitDatabaseError ||
    (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE"));
  if (!isForeseen) throw error;
  sayFault(error.message);
  process.exitCode = 1;
}
