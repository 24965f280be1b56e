import type { TenantDatabase } from "../database/database.ts";
import type { Route } from "../http/route.ts";
import type { Job, JobContext } from "../jobs/job.ts";
import type { Task } from "../jobs/task.ts";
import type { Actors } from "./actor.ts";
import type { FirstStep, HomeCard } from "./home-card.ts";
import type { FindJoinOptions } from "./join-options.ts";
import type { JoinOrigin } from "./join-origin.ts";
import type { MenuEntry, OrganizationPage } from "./organization-page.tsx";
import type { PeopleTab } from "./people.ts";
import type { AfterSignIn, BeforeFirstPage, ConfirmSignIn, FinishSignIn } from "./sign-in-steps.ts";
import type { WayToJoin } from "./way-to-join.ts";

/**
 * The parts that a folder of src/ adds to the application. Its `feature.ts` exports one value of this type, and src/features.ts
 * lists it.
 *
 * `Context` is what `build` needs of what src/app.tsx makes; `JobsContext` and `TasksContext` are what the jobs and the tasks
 * need of what src/main.ts makes.
 */
export type Feature<
  Context,
  JobsContext extends JobContext = JobContext,
  TasksContext extends JobContext = JobContext,
> = {
  jobs?: readonly Job<JobsContext>[];
  /** Jobs with a schedule, such as purges. */
  tasks?: readonly Task<TasksContext>[];
  /** Pages in the menu of an organization. */
  menu?: readonly MenuEntry[];
  /** Pages of the section "People". */
  people?: readonly PeopleTab[];
  /** Cards on the home of an organization. */
  homeCards?: readonly HomeCard[];
  /** The things to do first in a new organization. */
  firstSteps?: readonly FirstStep[];
  /** The grounds on which people may ask to join. */
  joinOrigins?: readonly JoinOrigin[];
  /** Runs once, when the application starts. */
  build?: (context: Context) => BuiltFeature;
};

export type BuiltFeature = {
  routes?: (shared: Shared) => Route<Actors>[];
  /** Finds the organizations that a person could join, for their list of organizations. */
  joinOptions?: FindJoinOptions;
  /** How people can become members, for the page on which admins see that. */
  waysToJoin?: readonly WayToJoin[];
  afterSignIn?: AfterSignIn;
  beforeFirstPage?: BeforeFirstPage;
  confirmSignIn?: ConfirmSignIn;
  /** Other origins to which our forms may lead. */
  formTargets?: readonly string[];
};

/** The parts that all features declare together. */
export type Shared = {
  joinOptions: readonly FindJoinOptions[];
  joinOrigins: readonly JoinOrigin[];
  waysToJoin: readonly WayToJoin[];
  homeCards: readonly HomeCard[];
  firstSteps: readonly FirstStep[];
  afterSignIn: readonly AfterSignIn[];
  confirmSignIn: ConfirmSignIn | undefined;
  finishSignIn: FinishSignIn;
};

/** The values that the pages of an organization need. */
export type PageContext = { database: TenantDatabase; organizationPage: OrganizationPage };
