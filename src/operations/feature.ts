import type { Feature } from "../tenancy/feature.ts";
import { type HealthDependencies, healthRoutes } from "./health.ts";
import { type MetricsDependencies, metricsRoutes } from "./metrics.ts";

export const operations: Feature<HealthDependencies & MetricsDependencies> = {
  build: (context) => ({ routes: () => [...healthRoutes(context), ...metricsRoutes(context)] }),
};
