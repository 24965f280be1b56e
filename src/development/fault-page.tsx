import { fileURLToPath } from "node:url";

import type { AppError } from "../http/errors.ts";
import { renderErrorPage, type ShownError } from "../views/error-page.tsx";
import { describeFaults, type Fault } from "./describe-fault.ts";

/** The folder above src/. */
const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Renders the page of an error, for development only: below the page, the error and where it was thrown. */
export function renderFaultPage(error: AppError, shown: ShownError): string {
  // Below 500 the request is wrong, and the page says so already.
  const faults = error.status >= 500 ? describeFaults(error.cause, root) : [];
  return renderErrorPage(
    error,
    shown,
    faults.length > 0 && (
      <section class="mt-12 grid w-full gap-6 text-start" aria-label="For the developer">
        {faults.map((fault, index) => (
          <FaultView key={fault.message} fault={fault} isCause={index > 0} />
        ))}
        <p class="text-sm text-base-content/75">Shown in development only.</p>
      </section>
    ),
  );
}

function FaultView({ fault, isCause }: { fault: Fault; isCause: boolean }) {
  const { name, message, frames } = fault;
  const [ours, others] = [frames.filter(({ isOurs }) => isOurs), frames.filter((f) => !f.isOurs)];
  return (
    <div class="grid gap-3 rounded-box border border-base-300 bg-base-100 p-5">
      <h2 class="break-name font-semibold">
        {isCause && "Caused by "}
        {name}: <span class="whitespace-pre-wrap">{message}</span>
      </h2>
      {ours.length > 0 && <Frames frames={ours} />}
      {others.length > 0 && (
        <details>
          <summary class="cursor-pointer text-sm">
            {others.length} {others.length === 1 ? "frame" : "frames"} of libraries and Node.js
          </summary>
          <Frames frames={others} />
        </details>
      )}
    </div>
  );
}

function Frames({ frames }: { frames: Fault["frames"] }) {
  return (
    <ol class="mt-1 grid gap-1 font-mono text-sm">
      {frames.map(({ text }) => (
        <li key={text} class="break-all">
          {text}
        </li>
      ))}
    </ol>
  );
}
