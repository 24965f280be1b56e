import { reconcileCommand } from "./reconcile-command.ts";
import { runProcess } from "./run-command.ts";

await runProcess(reconcileCommand);
