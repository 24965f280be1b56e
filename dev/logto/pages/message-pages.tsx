import { Fault, renderPage } from "./layout.tsx";

/** Shown where no sign-in is under way. */
export function renderUnknownSessionPage(): string {
  return renderPage({
    title: "404 Not Found",
    children: <p>Session not found. Please go back and sign in again.</p>,
  });
}

/** Shown for a step that a sign-in cannot begin with. */
export function renderLostPage(title: string): string {
  return renderPage({ title, children: <p>flow state not found</p> });
}

export function renderFaultPage(message: string): string {
  return renderPage({
    title: "Something went wrong",
    children: (
      <>
        <Fault message={message} />
        <p>Please go back to the application and try again.</p>
      </>
    ),
  });
}
