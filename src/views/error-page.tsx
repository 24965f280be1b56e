import type { ComponentChildren } from "preact";

import { describeFault } from "./form.tsx";

interface ErrorPageProps {
  status: number;
  title: string;
  message: string;
  requestId: string;
  action?: { label: string; href: string } | undefined;
  /** What is wrong with which field, where no form shows it. */
  issues?: readonly { field: string; message: string }[] | undefined;
  /** What else there is to say, below the rest. */
  children?: ComponentChildren;
}

/** Any failure, told plainly: what happened, what to do next, and the id support needs. */
export function ErrorPage(props: ErrorPageProps) {
  const { status, title, message, requestId, action, issues = [], children } = props;
  return (
    <div class="mx-auto grid max-w-xl justify-items-center text-center sm:pt-8">
      <NumberPlate status={status} />
      <h1 class="mt-8 text-3xl font-bold tracking-tight sm:text-4xl">{title}</h1>
      <p class="mt-4 text-lg text-base-content/80">{message}</p>
      {issues.length > 0 && (
        <ul class="mt-4 grid gap-1 font-semibold text-error">
          {issues.map(({ field, message: fault }) => (
            <li key={`${field} ${fault}`} class="break-name">
              {describeFault(field, fault)}
            </li>
          ))}
        </ul>
      )}
      <div class="mt-8 flex w-full flex-col justify-center gap-3 sm:flex-row">
        {action && (
          <a class="btn btn-primary text-base" href={action.href}>
            {action.label}
          </a>
        )}
        {action?.href !== "/" && (
          <a class={`btn text-base ${action ? "btn-ghost" : "btn-primary"}`} href="/">
            Go to the start page
          </a>
        )}
      </div>
      <p class="break-name mt-12 text-sm text-base-content/75">
        If you ask for help, mention this request:{" "}
        <span class="block font-mono text-base-content select-all">{requestId}</span>
      </p>
      {children}
    </div>
  );
}

/** The status as the number plate of a door, four screws and all. */
function NumberPlate({ status }: { status: number }) {
  return (
    <p class="relative rounded-box bg-linear-to-b from-accent/90 to-accent px-12 py-6 text-accent-content shadow-lg shadow-black/10">
      <Screws />
      <span class="sr-only">Error </span>
      <span class="text-6xl leading-none font-bold tracking-tight tabular-nums sm:text-7xl">
        {status}
      </span>
    </p>
  );
}

function Screws() {
  return (
    <span
      class="absolute inset-2.5 grid grid-cols-[auto_auto] content-between justify-between"
      aria-hidden="true"
    >
      {["start-top", "end-top", "start-bottom", "end-bottom"].map((place) => (
        <span key={place} class="size-2 rounded-full bg-accent-content/45" />
      ))}
    </span>
  );
}
