import { renderPage } from "../pages/layout.tsx";

/**
 * Renders the page that signs out: like Logto's, it submits itself where there is JavaScript; elsewhere it has a button.
 * `form` is the provider's own markup, with the id `op.logoutForm` and the xsrf field inside.
 */
export function renderSignOutPage(form: string): string {
  return renderPage({
    title: "Signing out",
    script: `document.getElementById("op.logoutForm").submit();`,
    children: (
      <>
        <div dangerouslySetInnerHTML={{ __html: form }} />
        <input type="hidden" form="op.logoutForm" value="yes" name="logout" />
        <p>You are about to sign out.</p>
        <button class="primary" type="submit" form="op.logoutForm" autofocus>
          Sign out
        </button>
      </>
    ),
  });
}

export function renderSignedOutPage(): string {
  return renderPage({
    title: "Signed out",
    children: <p>You are signed out. You can close this page.</p>,
  });
}

/** Logto announces the device flow, so discovery does; no application here is allowed to start one. */
export function renderDevicePage(): string {
  return renderPage({
    title: "Sign in on a device",
    children: <p>No application is registered for sign-in on a device.</p>,
  });
}
