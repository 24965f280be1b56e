import type { VNode } from "preact";

import type { Writers, WritersKit } from "../database/writers-world.ts";
import type { Place } from "../isolation/sample-request.ts";
import type { Ways } from "../memberships/decisions-world.ts";
import type { RunningApplication } from "./application.ts";

type Values = Readonly<
  Record<
    string,
    (application: RunningApplication, place: Place, path: string) => Promise<string> | null
  >
>;

/** The parts that a feature adds to the tests that go over all features; test/features.ts lists them. */
export type FeatureTests = {
  /** Its pages, by the names of their pictures. */
  gallery?: Readonly<Record<string, VNode>>;
  /** Its pages, with markup in every text. */
  evil?: Readonly<Record<string, VNode>>;
  /** The ways to join that it has, for the tables of docs/joining.md. */
  ways?: Ways;
  writers?: (kit: WritersKit) => Writers | Promise<Writers>;
  /** Makes the thing that a parameter of a path names; null: the application makes it, by a POST. */
  params?: Values;
  /** Makes the thing that a field of a form names. */
  fields?: Values;
  /** Changes a thing that the application made for a parameter, so that the next request may use it. */
  afterMade?: (
    application: RunningApplication,
    made: { name: string; id: string; guest: Place["guest"] },
  ) => Promise<unknown>;
  /** Exceptions from the rules of test/database/tenancy-rules.ts, each with its reason. */
  tenancyRules?: Readonly<Record<string, string>>;
  /** Exceptions from the rules of test/database/citus.test.ts, each with the migration that would end it. */
  citusRules?: Readonly<Record<string, string>>;
  /** Routes that change something and write no audit event, each with its reason. */
  withoutEvent?: Readonly<Record<string, string>>;
};
