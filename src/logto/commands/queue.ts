import { queueCommand } from "./queue-command.ts";
import { runProcess } from "./run-command.ts";

await runProcess(queueCommand);
