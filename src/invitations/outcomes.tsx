import { Alert } from "../views/alert.tsx";

/** The result of one part of a form: a secret that is shown only once, or the reason why it failed. */
export type Outcome = { text: string; shownOnce?: string; fault?: string };

/** Shows the result of each part, after a form that asks for several things or for a secret. */
export function Outcomes({ outcomes }: { outcomes: readonly Outcome[] }) {
  const faults = outcomes.filter(({ fault }) => fault !== undefined).length;
  const isInVain = faults === outcomes.length;
  return (
    <Alert
      kind={isInVain ? "error" : faults > 0 ? "warning" : "success"}
      title={isInVain ? "Nothing was done" : "Copy these links now. They won’t be shown again."}
    >
      <ul class="mt-3 grid gap-3">
        {outcomes.map(({ text, shownOnce, fault }) => (
          <li key={text} class="break-name">
            <span class="font-semibold">{text}</span> {fault !== undefined && <span>{fault}</span>}
            {shownOnce !== undefined && (
              <code class="mt-1 block rounded-field bg-base-100 px-3 py-2 text-sm break-all select-all">
                {shownOnce}
              </code>
            )}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
